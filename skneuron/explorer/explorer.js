// The page: what is shown, and what follows when something is moved.

"use strict";

class Explorer extends PresentModel {
  constructor(data) {
    super(data);
    this.held = Float64Array.from(data.median);
    this.axes = this.strongestInputs(2);
    this.chosen = { layer: 0, index: 0 };
    this.followed = 0;
    this.due = { hidden: new Set(), outputs: new Set() };
    this.build();
  }

  build() {
    const { data } = this;
    this.map = new DecisionMap(byId("surface"), byId("points"), data.classes.length);
    this.describe();
    this.diagram = new Diagram(byId("diagram"), this);
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
