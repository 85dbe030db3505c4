// The panels: sliders of a neuron's weights, of what is held, and one point's numbers.

"use strict";

const MOST_ROWS = 12; // neurons in a table of a point
const FARTHEST = 1e12; // what may be typed

// A slider with a field for exact numbers. `change(value, ended)` takes every move.
class Slider {
  constructor(label, name, change) {
    this.range = element("input", { type: "range", "aria-label": label, step: "any" });
    this.field = element("input", {
      type: "number",
      "aria-label": `${label}, exact`,
      step: "any",
    });
    this.effect = element("span", { class: "effect" });
    this.row = element(
      "div",
      { class: "slider" },
      name,
      this.range,
      this.field,
      this.effect,
    );
    this.range.addEventListener("input", () =>
      this.take(this.range.value, change, false),
    );
    this.range.addEventListener("change", () =>
      this.take(this.range.value, change, true),
    );
    this.field.addEventListener("change", () =>
      this.take(this.field.value, change, true),
    );
  }

  take(text, change, ended) {
    const value = text.trim() === "" ? NaN : Number(text);
    if (Math.abs(value) <= FARTHEST) {
      this.show(value);
      change(value, ended);
    } else {
      this.show(this.value);
    }
  }

  // Set the ends of the slider; the step makes the arrow keys useful.
  span(low, high) {
    this.low = low;
    this.high = high;
    this.range.step = "any";
    this.range.min = low;
    this.range.max = high;
  }

  show(value) {
    this.value = value;
    if (value < this.low || value > this.high) {
      this.span(Math.min(value, this.low), Math.max(value, this.high));
    }
    if (Number(this.range.value) !== value) this.range.value = value;
    this.field.value = Number(value.toPrecision(4));
  }
}

// With step "any" browsers move a slider by 1 a key, whatever its ends: do better.
function stepByKeys(slider) {
  const steps = {
    ArrowLeft: -1,
    ArrowDown: -1,
    ArrowRight: 1,
    ArrowUp: 1,
    PageDown: -10,
    PageUp: 10,
  };
  slider.range.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const moved = slider.value + (step * (slider.high - slider.low)) / 100;
    slider.range.value = Math.min(Math.max(moved, slider.low), slider.high);
    slider.range.dispatchEvent(new Event("input"));
    slider.range.dispatchEvent(new Event("change"));
  });
}

// The sliders of the chosen neuron's weights and bias.
class WeightPanel {
  constructor(explorer) {
    this.explorer = explorer;
    this.frame = byId("weights");
    this.sum = byId("sum");
    this.select = byId("neuron");
    const { network } = explorer;
    network.layers.forEach((layer, l) =>
      layer.biases.forEach((_, k) =>
        this.select.append(option(`${l},${k}`, explorer.neuronName(l, k))),
      ),
    );
    this.select.addEventListener("change", () =>
      explorer.choose(...this.select.value.split(",").map(Number)),
    );
  }

  // Make the sliders of another neuron.
  build() {
    const { layer, index } = this.explorer.chosen;
    this.select.value = `${layer},${index}`;
    const names = [...this.explorer.sourceNames(layer), "bias"];
    this.sliders = names.map((text, from) => {
      const isBias = from === names.length - 1;
      const name = isBias ? element("b", { class: "name" }, "bias") : named(text);
      const label = `${isBias ? "bias" : `weight of ${text}`} to ${this.explorer.neuronName(layer, index)}`;
      const slider = new Slider(label, name, (value, ended) =>
        this.explorer.setWeight(layer, from, index, value, ended),
      );
      stepByKeys(slider);
      return slider;
    });
    this.frame.replaceChildren(...this.sliders.map((slider) => slider.row));
    this.showWeights();
  }

  // Set every slider to the weight it stands for, in the units of the view.
  showWeights() {
    const { explorer } = this;
    const { chosen } = explorer;
    this.sliders.forEach((slider, from) => {
      slider.span(...explorer.reach(chosen.layer, from, chosen.index));
      slider.show(explorer.weight(chosen.layer, from, chosen.index));
    });
  }

  // Write what each input of the followed point adds.
  follow(inputs) {
    const { explorer } = this;
    const { layer, index } = explorer.chosen;
    let sum = 0;
    this.sliders.forEach((slider, from) => {
      const weight = explorer.weight(layer, from, index);
      const isBias = from === inputs.length;
      const added = isBias ? weight : weight * inputs[from];
      slider.effect.textContent = isBias
        ? ""
        : `× ${number(inputs[from])} = ${number(added)}`;
      sum += added;
    });
    this.sum.replaceChildren(...explorer.inWords(layer, index, sum));
  }
}

// The sliders of the features that are not on the map's axes.
class HeldPanel {
  constructor(explorer) {
    this.explorer = explorer;
    this.details = byId("held");
    const { data } = explorer;
    this.sliders = data.features.map((text, r) => {
      const slider = new Slider(`${text}, held`, named(text), (value) =>
        explorer.hold(r, value),
      );
      stepByKeys(slider);
      slider.span(data.low[r], data.high[r]);
      slider.show(explorer.held[r]);
      return slider;
    });
    byId("held-sliders").append(...this.sliders.map((slider) => slider.row));
  }

  show() {
    const { axes, held, data } = this.explorer;
    this.sliders.forEach((slider, r) => {
      slider.row.hidden = axes.includes(r);
      slider.show(held[r]);
    });
    const others = data.features.length - new Set(axes).size;
    this.details.hidden = others === 0;
    const noun =
      others === 1 ? "1 other feature, held" : `${others} other features, held`;
    this.details.firstElementChild.textContent = `${noun} at the median; the points are not`;
  }
}

// A table of one row a neuron, or of one row in all.
function table(caption, heads, rows) {
  const head = element(
    "tr",
    {},
    ...heads.map((text) => element("th", { scope: "col" }, text)),
  );
  const body = rows.map((cells) =>
    element("tr", {}, ...cells.map((cell) => element("td", {}, cell))),
  );
  return element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, head),
    element("tbody", {}, ...body),
  );
}

// The numbers of the followed point, from its inputs to its cost.
class PointPanel {
  constructor(explorer) {
    this.explorer = explorer;
    this.frame = byId("way");
    this.field = byId("point");
    this.field.max = explorer.data.codes.length - 1;
    const step = (by) => explorer.follow(explorer.followed + by);
    byId("previous").addEventListener("click", () => step(-1));
    byId("next").addEventListener("click", () => step(1));
    this.field.addEventListener("change", () =>
      explorer.follow(Number(this.field.value)),
    );
  }

  show(way) {
    this.field.value = this.explorer.followed;
    const tables = [this.result(way)];
    if (way.received.length) tables.push(this.hidden(way));
    this.frame.replaceChildren(...tables);
  }

  result(way) {
    return way.scores.length === 1 ? this.lecture(way) : this.classes(way);
  }

  // The table of the lecture: inputs, score, output, cost.
  lecture({ x, scores }) {
    const { explorer } = this;
    const { data, response, followed } = explorer;
    const code = data.codes[followed];
    const inputs = x.length <= 6 ? x : [];
    const heads = inputs.map((_, r) => named(data.features[r]));
    const cost = response.cost(scores, code);
    const row = [
      ...inputs.map((value) => datum(value)),
      ...explorer.answer(scores[0], response.probabilities(scores)[1]),
      named(data.classes[winner(scores)]),
      named(data.classes[code]),
      datum(cost, decimals(cost)),
    ];
    const caption = "From the inputs to the cost, −ln P(true class)";
    return table(
      caption,
      [...heads, ...explorer.answerHeads(), "predicted", "true", "cost"],
      [row],
    );
  }

  // One row a class, the likeliest where they are many; the true one has the cost.
  classes({ scores }) {
    const { explorer } = this;
    const { data, response, followed } = explorer;
    const code = data.codes[followed];
    const probabilities = response.probabilities(scores);
    const cost = response.cost(scores, code);
    const order = Array.from(scores, (_, k) => k);
    if (order.length > MOST_ROWS) order.sort((a, b) => scores[b] - scores[a]);
    const shown = order.filter((k, place) => place < MOST_ROWS || k === code);
    const rows = shown.map((k) => [
      named(explorer.outputNames[k]),
      ...explorer.answer(scores[k], probabilities[k]),
      k === code ? datum(cost, decimals(cost)) : "",
    ]);
    const caption = element(
      "span",
      {},
      "Predicted ",
      named(data.classes[winner(scores)]),
      ", true ",
      named(data.classes[code]),
      ": cost = −ln P(true class)",
    );
    return table(caption, ["output neuron", ...explorer.answerHeads(), "cost"], rows);
  }

  // The hidden neurons, those that say most to the output first.
  hidden({ received, answers, scores }) {
    const { network, chosen, lastLayer, outputNames } = this.explorer;
    const k = chosen.layer === lastLayer ? chosen.index : 0;
    const adds = answers.map((answer, j) => answer * network.output.weights[j][k]);
    const order = adds.map((_, j) => j);
    if (order.length > MOST_ROWS)
      order.sort((a, b) => Math.abs(adds[b]) - Math.abs(adds[a]));
    const cells = (j) => [
      `h${j}`,
      datum(received[j]),
      datum(answers[j]),
      datum(network.output.weights[j][k]),
      datum(adds[j]),
    ];
    const rows = order.slice(0, MOST_ROWS).map(cells);
    const rest = order.slice(MOST_ROWS);
    if (rest.length) {
      const sum = rest.reduce((total, j) => total + adds[j], 0);
      rows.push([`${rest.length} others`, "", "", "", datum(sum)]);
    }
    rows.push(["bias", "", "", "", datum(network.output.biases[k])]);
    rows.push(["score", "", "", "", datum(scores[k])]);
    const caption = element(
      "span",
      {},
      "What the hidden neurons add to the score of ",
      named(outputNames[k]),
    );
    return table(caption, ["neuron", "score", "activation", "weight", "adds"], rows);
  }
}
