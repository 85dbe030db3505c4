// The page: what is shown, and what follows when something is moved.

"use strict";

const DEFAULT_POTENTIALS = { resting: -70, threshold: -55, action: 30 }; // mV

class Explorer {
  constructor(data) {
    this.data = data;
    this.trained = new Network(data.coefs, data.intercepts, data.activation);
    this.network = new Network(data.coefs, data.intercepts, data.activation);
    this.lastLayer = this.network.layers.length - 1;
    this.isBiological = data.estimator === "BiologicalNeuronClassifier";
    this.potentials = data.potentials ?? DEFAULT_POTENTIALS;
    const isBinary = this.network.output.nTo === 1;
    this.outputNames = isBinary ? [data.classes[1]] : data.classes;
    this.hasViews = isBinary && !this.network.hidden;
    this.view = this.isBiological && !(data.noise > 0) ? "biological" : "logistic";
    this.held = Float64Array.from(data.median);
    this.axes = this.strongestInputs(2);
    this.chosen = { layer: 0, index: 0 };
    this.followed = 0;
    this.columns = data.features.map((_, r) =>
      Float64Array.from(data.X, (row) => row[r]),
    );
    this.points = new Batch(this.network, this.columns, data.codes.length);
    this.trainedNoise =
      data.noise > 0 ? data.noise : bestNoise(this.points, data.codes);
    this.noise = this.trainedNoise;
    this.due = { hidden: new Set(), outputs: new Set() };
    this.build();
  }

  build() {
    const { data } = this;
    this.map = new DecisionMap(byId("surface"), byId("points"), data.classes.length);
    this.measure();
    this.describe();
    this.diagram = new Diagram(byId("diagram"), this);
    this.diagram.measure();
    this.weights = new WeightPanel(this);
    this.point = new PointPanel(this);
    this.heldPanel = new HeldPanel(this);
    this.buildViews();
    this.buildAxes();
    this.listen();
    this.fit();
    this.choose(0, 0);
    this.showTrained();
  }

  // --- What the model means -------------------------------------------------------

  get noiseMoved() {
    return this.noise !== this.trainedNoise;
  }

  get response() {
    return new Response(
      this.view === "biological",
      this.isBiological ? 1 / this.noise : 1,
    );
  }

  // mV of one unit of the model's score: such that a row of zeros lies at rest, if it
  // can, as BiologicalNeuronClassifier has it.
  get millivolts() {
    if (this.isBiological) return 1;
    const { resting, threshold } = this.potentials;
    const bias = this.trained.output.biases[0];
    return bias < -1e-6 ? (threshold - resting) / -bias : threshold - resting;
  }

  // What the model's scores, weights and biases are multiplied by to be shown.
  get factor() {
    if (this.view === "biological") return this.millivolts;
    return this.isBiological ? 1 / this.noise : 1;
  }

  // A usual change of what comes from a source of layer l.
  unitOf(l, from) {
    return l === 0 ? this.data.spread[from] : 1;
  }

  // The inputs that change what the trained network's first neurons receive the most.
  strongestInputs(most) {
    const effects = this.trained.layers[0].weights.map((weights, r) =>
      weights.reduce((sum, weight) => sum + Math.abs(weight) * this.unitOf(0, r), 0),
    );
    const order = effects.map((_, r) => r).sort((a, b) => effects[b] - effects[a]);
    return order.slice(0, most).sort((a, b) => a - b);
  }

  // How far the sliders of each layer reach, in units of what neurons receive.
  measure() {
    const { resting, threshold } = this.potentials;
    const least = this.isBiological ? threshold - resting : 4;
    this.reaches = this.trained.layers.map((layer, l) => {
      const effects = layer.weights.flatMap((weights, r) =>
        Array.from(weights, (weight) => Math.abs(weight) * this.unitOf(l, r)),
      );
      return Math.max(least, 2 * Math.max(...effects));
    });
  }

  reach(l, from, k) {
    const layer = this.trained.layers[l];
    const { factor } = this;
    if (from < layer.nFrom) {
      const most = (factor * this.reaches[l]) / this.unitOf(l, from);
      return [-most, most];
    }
    const most = 2 * this.reaches[l];
    return [factor * (layer.biases[k] - most), factor * (layer.biases[k] + most)];
  }

  // The weight (after the last, the bias) in the units of the view.
  weight(l, from, k) {
    const layer = this.network.layers[l];
    return (
      this.factor * (from < layer.nFrom ? layer.weights[from][k] : layer.biases[k])
    );
  }

  neuronName(l, k) {
    return l < this.lastLayer
      ? `hidden neuron h${k}`
      : `output neuron ${this.outputNames[k]}`;
  }

  sourceNames(l) {
    if (l === 0) return this.data.features;
    return Array.from({ length: this.network.nHidden }, (_, j) => `h${j}`);
  }

  outputColor(k) {
    return this.map.colors[this.outputNames.length === 1 ? 1 : k];
  }

  // Heads and cells of what an output neuron makes of its inputs.
  answerHeads() {
    if (this.view === "biological") return ["potential, mV", "output, mV"];
    if (this.outputNames.length > 1) return ["score", "prediction"];
    return ["score", element("span", {}, "P(", named(this.outputNames[0]), ")")];
  }

  answer(score, probability) {
    if (this.view !== "biological") {
      return [datum(this.factor * score), datum(probability, decimals(probability))];
    }
    const { resting, threshold, action } = this.potentials;
    const graded = threshold + this.factor * score;
    return [datum(graded), datum(score > 0 ? action : resting)];
  }

  // The sum that a neuron receives, and what it makes of it, in words.
  inWords(l, k, sum) {
    if (l < this.lastLayer) {
      const answer = this.network.activation(sum);
      return [
        "sum ",
        datum(sum),
        ` → ${this.data.activation} → answer `,
        datum(answer),
      ];
    }
    const name = named(this.outputNames[k]);
    if (this.view === "biological") {
      const { resting, threshold, action } = this.potentials;
      const fires =
        sum > 0
          ? `above: it fires, ${number(action)} mV`
          : `not above: silent, ${number(resting)} mV`;
      return [
        `threshold ${number(threshold)} mV + sum `,
        datum(sum),
        " mV = graded potential ",
        datum(threshold + sum),
        ` mV, ${fires}`,
      ];
    }
    if (this.outputNames.length > 1)
      return ["score ", datum(sum), ", compared by softmax with the others’"];
    return [
      "score ",
      datum(sum),
      " → sigmoid → P(",
      name,
      ") = ",
      datum(sigmoid(sum), decimals(sigmoid(sum))),
    ];
  }

  // --- What is on the page --------------------------------------------------------

  describe() {
    const { data, network } = this;
    const nParameters = network.layers.reduce(
      (sum, l) => sum + (l.nFrom + 1) * l.nTo,
      0,
    );
    const plural = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;
    const hidden = network.hidden
      ? `${plural(network.nHidden, "hidden neuron")} (${data.activation}), `
      : "";
    byId("title").textContent = `${data.estimator}, to play with`;
    document.title = `${data.estimator} - skneuron explorer`;
    byId("summary").textContent =
      `${plural(data.features.length, "input")}, ${hidden}` +
      `${plural(network.output.nTo, "output neuron")}: ${plural(nParameters, "weight")} and biases. ` +
      "Move one, and map, loss and numbers follow.";
    byId("notes").append(...this.notes().map((text) => element("li", {}, text)));
    const items = data.classes.map((text, k) =>
      element(
        "li",
        {},
        element("i", { class: "swatch", style: `background: ${this.map.colors[k]}` }),
        named(text),
      ),
    );
    const border = element(
      "li",
      {},
      element("i", { class: "border" }),
      data.features.length > 1 ? "border" : "probability",
    );
    const white = element(
      "li",
      {},
      element("i", { class: "swatch white" }),
      "uncertain",
    );
    byId("legend").append(...items, white, border);
    byId("answers-key").hidden = !network.hidden;
  }

  notes() {
    const { data } = this;
    const notes = [];
    if (data.codes.length < data.n_rows) {
      const [shown, all] = [data.codes.length, data.n_rows].map((n) =>
        n.toLocaleString("en"),
      );
      notes.push(
        `${shown} of ${all} rows, drawn at random, are shown; loss and mistakes are theirs.`,
      );
    }
    if (data.corrected) {
      notes.push(
        "Probabilities are those of the plain network: predict_proba also allows for how " +
          'well the data determine the weights (predictive="laplace") and is less certain.',
      );
    }
    return notes;
  }

  buildViews() {
    const box = byId("views");
    box.hidden = !this.hasViews;
    for (const radio of box.querySelectorAll("input")) {
      radio.checked = radio.value === this.view;
      radio.addEventListener("change", () => this.look(radio.value));
    }
    this.noiseSlider = new Slider(
      "membrane noise in mV",
      element("span", { class: "name" }, "noise, mV"),
      (value) => this.setNoise(value),
    );
    stepByKeys(this.noiseSlider);
    this.noiseSlider.span(this.trainedNoise / 20, this.trainedNoise * 5);
    this.noiseSlider.show(this.noise);
    box.append(this.noiseSlider.row);
    this.noiseSlider.row.hidden = !(this.isBiological && this.view === "logistic");
  }

  buildAxes() {
    const [across, vertical] = [byId("across"), byId("vertical")];
    this.selects = [across, vertical];
    byId("vertical-label").hidden = this.axes.length < 2;
    this.selects.slice(0, this.axes.length).forEach((select, side) => {
      select.append(...this.data.features.map((text, r) => option(r, text)));
      select.addEventListener("change", () => this.turn(side, Number(select.value)));
    });
    this.setAxes();
  }

  listen() {
    const overlay = byId("points");
    const arrows = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const under = (event, reach) => {
      const i = this.map.nearest(event.offsetX, event.offsetY, reach);
      if (i >= 0 && i !== this.followed) this.follow(i);
    };
    overlay.addEventListener("pointermove", (event) => under(event, 12));
    overlay.addEventListener("pointerdown", (event) => under(event, 30));
    overlay.addEventListener("keydown", (event) => {
      if (!(event.key in arrows)) return;
      event.preventDefault();
      this.follow(this.map.neighbour(this.followed, ...arrows[event.key]));
      this.announcePoint();
    });
    byId("reset").addEventListener("click", () => this.reset());
    byId("download").addEventListener("click", () => this.download());
    new ResizeObserver(() => this.fit()).observe(document.body);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => this.map.drawPoints(this.followed));
  }

  // Lay everything out for the width there is.
  fit() {
    const frame = byId("plot");
    const width = frame.clientWidth;
    const isPhone = innerWidth < 800;
    const height = isPhone
      ? Math.min(0.66 * width, 0.4 * innerHeight)
      : Math.min(0.85 * width, Math.max(0.62 * innerHeight, 300));
    if (width === this.fitted?.width && Math.abs(height - this.fitted.height) < 80)
      return;
    this.fitted = { width, height };
    frame.style.height = `${height}px`;
    this.map.resize(width, height);
    this.diagram.layout();
    this.map.drawSurface(this.grid, this.response);
    this.map.drawPoints(this.followed);
  }

  // --- What a user does -----------------------------------------------------------

  choose(layer, index) {
    this.chosen = { layer, index };
    this.weights.build();
    this.diagram.markChosen();
    this.showWay();
  }

  setWeight(l, from, k, shown, ended) {
    const layer = this.network.layers[l];
    const value = shown / this.factor;
    if (from < layer.nFrom) layer.weights[from][k] = value;
    else layer.biases[k] = value;
    (l < this.lastLayer ? this.due.hidden : this.due.outputs).add(k);
    if (ended) this.due.everything = this.due.announcement = true;
    this.schedule();
  }

  setNoise(value) {
    if (!(value > 0)) {
      this.noiseSlider.show(this.noise);
      return;
    }
    this.noise = value;
    this.weights.showWeights();
    this.due.announcement = true;
    this.schedule();
  }

  look(view) {
    this.view = view;
    this.noiseSlider.row.hidden = !(this.isBiological && view === "logistic");
    this.weights.build();
    this.showTrained();
    this.due.announcement = true;
    this.schedule();
  }

  turn(side, feature) {
    const other = 1 - side;
    if (this.axes[other] === feature) this.axes[other] = this.axes[side];
    this.axes[side] = feature;
    this.setAxes();
    this.map.drawSurface(this.grid, this.response);
    this.map.drawPoints(this.followed);
  }

  setAxes() {
    const { data, axes, network } = this;
    this.selects.forEach((select, side) => (select.value = axes[side]));
    const [across, vertical = null] = axes.map((feature) => this.axis(feature));
    const size =
      network.nHidden > 16 || network.output.nTo > 10 ? 60 : network.hidden ? 101 : 161;
    const lattice = new Lattice(size, across, vertical);
    this.grid = new Batch(network, lattice.columns(this.held), size * size);
    this.map.show(lattice, this.places(), data.codes);
    this.diagram.drawThumbnails(this.grid, size);
    this.heldPanel.show();
    const names = axes.map((feature) => data.features[feature]).join(" and ");
    byId("points").setAttribute(
      "aria-label",
      `Map of the decision over ${names}. Arrow keys go from point to point.`,
    );
  }

  // A feature's range with a little room.
  axis(feature) {
    const { low, high } = this.data;
    const room = 0.05 * (high[feature] - low[feature]) || 1;
    return { feature, low: low[feature] - room, high: high[feature] + room };
  }

  // Where the points are drawn; those that coincide are spread a little.
  places() {
    const { data, axes, columns } = this;
    const x = columns[axes[0]];
    const y =
      axes.length > 1
        ? columns[axes[1]]
        : Float64Array.from(data.codes, (code) => code / (data.classes.length - 1));
    const different = new Set(data.codes.map((_, i) => `${x[i]} ${y[i]}`)).size;
    if (axes.length < 2 || different > 0.9 * x.length) return { x, y };
    return { x: spread(x, 0.618034), y: spread(y, 0.754878) };
  }

  hold(feature, value) {
    this.held[feature] = value;
    this.grid.columns[feature] = value;
    this.due.everything = this.due.thumbnails = true;
    this.schedule();
  }

  follow(i) {
    const last = this.data.codes.length - 1;
    this.followed = Math.min(Math.max(Math.round(i) || 0, 0), last);
    this.map.drawPoints(this.followed);
    this.showWay();
  }

  reset() {
    this.network.layers.forEach((layer, l) => {
      layer.weights.forEach((weights, r) =>
        weights.set(this.trained.layers[l].weights[r]),
      );
      layer.biases.set(this.trained.layers[l].biases);
    });
    this.noise = this.trainedNoise;
    this.noiseSlider.show(this.noise);
    this.weights.build();
    this.diagram.drawLines();
    this.due.everything = this.due.thumbnails = this.due.announcement = true;
    this.schedule();
  }

  download() {
    const link = element("a", {
      href: URL.createObjectURL(
        new Blob([this.toJSON()], { type: "application/json" }),
      ),
      download: `${this.data.estimator}.json`,
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // --- What follows ---------------------------------------------------------------

  // Draw once a frame, however often something moves.
  schedule() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.update();
    });
  }

  update() {
    const { due, map, grid, points, diagram } = this;
    this.due = { hidden: new Set(), outputs: new Set() };
    for (const batch of [grid, points]) {
      if (due.everything) batch.refresh();
      else {
        due.hidden.forEach((j) => batch.hiddenMoved(j));
        due.outputs.forEach((k) => batch.outputMoved(k));
      }
    }
    map.drawSurface(grid, this.response);
    diagram.drawThumbnails(
      grid,
      map.lattice.size,
      due.thumbnails ? undefined : due.hidden,
    );
    due.hidden.forEach((j) => diagram.moved(0, j));
    due.outputs.forEach((k) => diagram.moved(this.lastLayer, k));
    this.showJudgement();
    this.showWay();
    if (due.announcement) this.announceJudgement();
  }

  showJudgement() {
    const { loss, mistakes } = judge(this.points, this.data.codes, this.response);
    byId("loss").textContent = Number.isFinite(loss) ? loss.toFixed(4) : "∞";
    byId("mistakes").textContent = `${mistakes} of ${this.data.codes.length}`;
  }

  // What the trained weights reach, to compare with.
  showTrained() {
    const batch = new Batch(this.trained, this.columns, this.data.codes.length);
    const { loss, mistakes } = judge(batch, this.data.codes, this.response);
    const text = Number.isFinite(loss) ? loss.toFixed(4) : "∞";
    byId("trained").textContent = `(trained: ${text}, ${mistakes})`;
    this.showJudgement();
  }

  showWay() {
    const x = this.columns.map((column) => column[this.followed]);
    const way = { x, ...this.network.follow(x) };
    this.weights.follow(this.chosen.layer === 0 ? x : way.answers);
    this.point.show(way);
  }

  announceJudgement() {
    byId("status").textContent =
      `Log loss ${byId("loss").textContent}, mistakes ${byId("mistakes").textContent}`;
  }

  announcePoint() {
    const { data, followed } = this;
    const { scores } = this.network.follow(
      this.columns.map((column) => column[followed]),
    );
    const predicted = data.classes[winner(scores)];
    byId("status").textContent =
      `Point ${followed}: ${predicted} predicted, ${data.classes[data.codes[followed]]} true`;
  }

  // --- What goes out --------------------------------------------------------------

  // The present probabilities of each shown row.
  probabilities() {
    const { scores } = this.points;
    return this.data.codes.map((_, i) =>
      this.response.probabilities(scores.map((s) => s[i])),
    );
  }

  // The present weights as the text that `from_json` of the estimator's class reads.
  toJSON() {
    const present = this.present();
    const { before, fitted } = this.data.document;
    const entries = fitted.map(
      ([name, text]) => `"${name}": ${text ?? JSON.stringify(present[name])}`,
    );
    return `${before}${entries.join(", ")}}}`;
  }

  present() {
    const { network, potentials, data } = this;
    const lists = (layer) => layer.weights.map((weights) => Array.from(weights));
    const intercept = Array.from(network.output.biases);
    return {
      coefs_: network.layers.map(lists),
      intercepts_: network.layers.map((layer) => Array.from(layer.biases)),
      theta: this.theta(),
      coef_: intercept.map((_, k) =>
        network.output.weights.map((weights) => weights[k]),
      ),
      intercept_: intercept,
      drive_: intercept.map((bias) => bias + potentials.threshold - potentials.resting),
      noise_: this.view === "biological" || !this.noiseMoved ? data.noise : this.noise,
    };
  }

  // All parameters in a row, for the standardised inputs that a network has inside.
  theta() {
    const { mean, scale } = this.data.scaling ?? {};
    if (!mean) return null;
    return this.network.layers.flatMap((layer, l) => {
      const rows = layer.weights.map((weights, r) =>
        Array.from(weights, (w) => (l ? w : w * scale[r])),
      );
      const biases = Array.from(layer.biases, (bias, k) =>
        l
          ? bias
          : layer.weights.reduce((sum, weights, r) => sum + mean[r] * weights[k], bias),
      );
      return [...rows.flat(), ...biases];
    });
  }
}

// Move numbers that lie on steps by less than half a step, evenly and always alike.
function spread(numbers, ratio) {
  const steps = Array.from(new Set(numbers)).sort((a, b) => a - b);
  if (steps.length < 2 || steps.length > numbers.length / 2) return numbers;
  const step = Math.min(...steps.slice(1).map((value, i) => value - steps[i]));
  return numbers.map(
    (value, i) => value + 0.7 * step * ((((i + 1) * ratio) % 1) - 0.5),
  );
}

window.explorer = new Explorer(JSON.parse(byId("data").textContent));
