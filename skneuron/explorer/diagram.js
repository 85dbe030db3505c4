// The network's diagram: inputs, hidden neurons with what they see, outputs.
//
// Neurons are buttons over an SVG of their connections. Up to ten hidden neurons stand
// in a column, with all connections; more stand in a grid, with the chosen one's.

"use strict";

const MOST_INPUTS = 12; // drawn; the sliders have all
const MOST_IN_COLUMN = 10;
const MOST_OUTPUTS = 30; // with all their connections
const WIDEST_LINE = 6;
const HIGHEST_SHARE = 0.7; // of the window, as in style.css

class Diagram {
  constructor(frame, explorer) {
    this.frame = frame;
    this.explorer = explorer;
    const { data, network } = explorer;
    this.svg = drawn("svg", { "aria-hidden": "true" });
    this.inputs = explorer.strongestInputs(MOST_INPUTS);
    this.inputNodes = this.inputs.map((r) =>
      element("span", { class: "input" }, named(data.features[r])),
    );
    this.canvases = Array.from({ length: network.nHidden }, () => element("canvas"));
    this.hiddenNodes = this.canvases.map((canvas, j) =>
      this.neuron("hidden", 0, j, canvas, element("span", {}, `h${j}`)),
    );
    this.outputNodes = explorer.outputNames.map((text, k) =>
      this.neuron("outputs", explorer.lastLayer, k, this.swatch(k), named(text)),
    );
    const more = data.features.length - this.inputs.length;
    this.rest = element(
      "span",
      { class: "input rest" },
      more ? `and ${more} more` : "",
    );
    const nodes = [
      ...this.inputNodes,
      this.rest,
      ...this.hiddenNodes,
      ...this.outputNodes,
    ];
    frame.append(this.svg, ...nodes);
    this.crowded =
      network.nHidden > MOST_IN_COLUMN || network.output.nTo > MOST_OUTPUTS;
    this.makeLines();
  }

  neuron(kind, layer, index, ...children) {
    const label = this.explorer.neuronName(layer, index);
    const node = element(
      "button",
      {
        type: "button",
        class: kind,
        "aria-pressed": "false",
        "aria-label": `${label}: show its weights`,
      },
      ...children,
    );
    node.addEventListener("click", () => this.explorer.choose(layer, index));
    return node;
  }

  swatch(k) {
    const color = this.explorer.outputColor(k);
    return element("i", { class: "swatch", style: `background: ${color}` });
  }

  // Make a line for each connection of what is shown; where that would be too much, for
  // those of the chosen neuron.
  makeLines() {
    const { network } = this.explorer;
    this.lines = network.layers.map((layer, l) => {
      const sources = l === 0 ? this.inputs : layer.weights.map((_, j) => j);
      return sources.flatMap((from) =>
        Array.from(layer.biases, (_, to) => ({ from, to }))
          .filter((line) => !this.crowded || this.isNear(l, line))
          .map((line) => ({ ...line, path: drawn("path", { fill: "none" }) })),
      );
    });
    this.svg.replaceChildren(...this.lines.flat().map((line) => line.path));
  }

  // Whether a connection feeds the chosen neuron or leaves it.
  isNear(l, { from, to }) {
    const { layer, index } = this.explorer.chosen;
    return (l === layer && to === index) || (l === layer + 1 && from === index);
  }

  layout() {
    const width = this.frame.clientWidth;
    const [side, right] = this.sides(width);
    const columns = [
      this.inputPlaces(side),
      this.gridPlaces(this.hiddenNodes, side + 20, width - side - right - 40),
      this.gridPlaces(this.outputNodes, width - right, right),
    ];
    const height = Math.max(...columns.map((column) => column.height)) + 16;
    columns.forEach((column) => this.center(column, height));
    this.frame.style.height = `${height}px`;
    filled(this.svg, { viewBox: `0 0 ${width} ${height}`, width, height }, []);
    this.ends = columns.map((column) => column.places);
    this.drawLines();
  }

  // Return the widths of the names of inputs and outputs.
  sides(width) {
    if (this.crowded) return [Math.min(150, 0.22 * width), Math.min(120, 0.2 * width)];
    const hidden = this.hiddenNodes.length ? 62 + 40 : 0;
    const side = Math.min(150, (width - hidden - 40) / 2);
    return [side, side];
  }

  inputPlaces(side) {
    const nodes = this.rest.textContent
      ? [...this.inputNodes, this.rest]
      : this.inputNodes;
    const room = 34;
    const places = nodes.map((node, i) => {
      node.style.width = `${side}px`;
      return { node, left: 0, top: i * room, width: side, height: 28 };
    });
    return { places, height: nodes.length * room };
  }

  gridPlaces(nodes, left, width) {
    const single = nodes.length <= MOST_IN_COLUMN;
    const isHidden = nodes === this.hiddenNodes;
    const roomX = isHidden ? (single ? 62 : 36) : Math.max(width, 60);
    const roomY = isHidden ? (single ? 60 : 36) : nodes.length > 30 ? 28 : 40;
    const perRow = single ? 1 : Math.max(Math.floor(width / roomX), 1);
    const start = left + (width - perRow * roomX) / 2;
    const places = nodes.map((node, i) => ({
      node,
      left: start + (i % perRow) * roomX,
      top: Math.floor(i / perRow) * roomY,
      width: roomX - (single ? 6 : 4),
      height: roomY - (single ? 6 : 4),
    }));
    return { places, height: Math.ceil(nodes.length / perRow) * roomY };
  }

  center(column, height) {
    // What is taller than its frame scrolls: the rest stays in sight at first.
    const inSight = Math.min(height, HIGHEST_SHARE * innerHeight);
    const shift = Math.max(inSight - column.height, 0) / 2;
    for (const place of column.places) {
      place.top += shift;
      for (const side of ["left", "top", "width", "height"]) {
        place.node.style[side] = `${place[side]}px`;
      }
    }
  }

  drawLines() {
    this.lines.forEach((lines, l) => lines.forEach((line) => this.drawLine(l, line)));
  }

  drawLine(l, line) {
    const { network } = this.explorer;
    const weight = network.layers[l].weights[line.from][line.to];
    const strength = Math.abs(weight) * this.explorer.unitOf(l, line.from);
    const width = Math.min(strength / this.explorer.strongest[l], 2) * WIDEST_LINE;
    const { path } = line;
    path.setAttribute("d", this.curve(l, line));
    path.setAttribute("class", weight < 0 ? "inhibits" : "excites");
    path.setAttribute("stroke-width", width);
    path.setAttribute("opacity", this.isNear(l, line) ? 0.95 : 0.35);
  }

  curve(l, { from, to }) {
    const sources = l === 0 ? this.ends[0] : this.ends[1];
    const isLast = l === this.lines.length - 1;
    const source = sources[l === 0 ? this.inputs.indexOf(from) : from];
    const target = (isLast ? this.ends[2] : this.ends[1])[to];
    const [x0, y0] = [source.left + source.width, source.top + source.height / 2];
    const [x1, y1] = [target.left, target.top + target.height / 2];
    const middle = (x0 + x1) / 2;
    return `M${x0} ${y0}C${middle} ${y0} ${middle} ${y1} ${x1} ${y1}`;
  }

  // The weights that feed neuron `to` of layer l moved.
  moved(l, to) {
    this.lines[l]
      .filter((line) => line.to === to)
      .forEach((line) => this.drawLine(l, line));
  }

  markChosen() {
    const { chosen, lastLayer } = this.explorer;
    const mark = (node, layer, index) =>
      node.setAttribute(
        "aria-pressed",
        layer === chosen.layer && index === chosen.index,
      );
    this.hiddenNodes.forEach((node, j) => mark(node, 0, j));
    this.outputNodes.forEach((node, k) => mark(node, lastLayer, k));
    if (this.crowded) this.makeLines();
    this.drawLines();
  }

  drawThumbnails(batch, size, neurons = this.canvases.keys()) {
    for (const j of neurons) drawThumbnail(this.canvases[j], batch.answers[j], size);
  }
}
