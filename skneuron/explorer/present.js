// The model at present: its weights, the view of them, what they mean, how they leave.

"use strict";

const DEFAULT_POTENTIALS = { resting: -70, threshold: -55, action: 30 }; // mV

class PresentModel {
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
    this.columns = data.features.map((_, r) =>
      Float64Array.from(data.X, (row) => row[r]),
    );
    this.points = new Batch(this.network, this.columns, data.codes.length);
    this.trainedNoise =
      data.noise > 0 ? data.noise : bestNoise(this.points, data.codes);
    this.noise = this.trainedNoise;
    this.measure();
  }

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

  // How strong the strongest trained connection of each layer is, in units of what
  // neurons receive, and how far the sliders reach.
  measure() {
    const { resting, threshold } = this.potentials;
    const least = this.isBiological ? threshold - resting : 4;
    this.strongest = this.trained.layers.map((layer, l) => {
      let most = 0;
      layer.weights.forEach((weights, r) =>
        weights.forEach((weight) => {
          most = Math.max(most, Math.abs(weight) * this.unitOf(l, r));
        }),
      );
      return most || 1;
    });
    this.reaches = this.strongest.map((most) => Math.max(least, 2 * most));
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
    const colors = classColors(this.data.classes.length);
    return colors[this.outputNames.length === 1 ? 1 : k];
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
