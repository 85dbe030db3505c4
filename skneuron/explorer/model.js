// The network as numbers: layers, activations, probabilities and loss.
//
// Everything that is computed once a frame for thousands of rows works on typed arrays,
// a column at a time, so that moving one weight costs one neuron and not all of them.

"use strict";

function sigmoid(z) {
  return 1 / (1 + Math.exp(-z));
}

function softplus(z) {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}

// The normal distribution function, by a table of its values and slopes between which a
// cubic runs: right to 1e-12. The entries are Marsaglia's series (2004, Journal of
// Statistical Software 11(4), doi:10.18637/jss.v011.i04).
const normalDistribution = (() => {
  const perUnit = 256;
  const limit = 9;
  const density = (z) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  const series = (z) => {
    let [sum, term, last] = [z, z, 0];
    for (let i = 3; sum !== last; i += 2) {
      last = sum;
      term *= (z * z) / i;
      sum += term;
    }
    return 0.5 + sum * density(z);
  };
  const size = 2 * limit * perUnit + 1;
  const values = new Float64Array(size);
  const slopes = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const z = i / perUnit - limit;
    values[i] = z < -8 ? 0 : z > 8 ? 1 : series(z);
    slopes[i] = density(z) / perUnit;
  }
  return (z) => {
    if (z <= -limit) return 0;
    if (z >= limit) return 1;
    const place = (z + limit) * perUnit;
    const i = Math.floor(place);
    const t = place - i;
    const rise = values[i + 1] - values[i];
    const a = slopes[i] - rise;
    const b = rise - slopes[i + 1];
    return values[i] + t * (rise + (1 - t) * (a * (1 - t) + b * t));
  };
})();

// As in skneuron/_numerics/activations.py.
const ACTIVATIONS = {
  sigmoid,
  tanh: Math.tanh,
  relu: (z) => Math.max(z, 0),
  leaky_relu: (z) => Math.max(z, 0.01 * z),
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  softplus,
  gelu: (z) => z * normalDistribution(z),
  silu: (z) => z * sigmoid(z),
  identity: (z) => z,
};

// The weights and biases that feed one column of neurons.
class Layer {
  constructor(coef, intercept) {
    this.weights = coef.map((row) => Float64Array.from(row)); // [from][to]
    this.biases = Float64Array.from(intercept);
  }

  get nFrom() {
    return this.weights.length;
  }

  get nTo() {
    return this.biases.length;
  }

  // Write what neuron k receives from each row into `out`. A column of inputs is an
  // array, or one number where the input is held.
  receive(k, columns, out) {
    let held = this.biases[k];
    columns.forEach((column, r) => {
      if (typeof column === "number") held += this.weights[r][k] * column;
    });
    out.fill(held);
    columns.forEach((column, r) => {
      const weight = this.weights[r][k];
      if (typeof column === "number" || weight === 0) return;
      for (let i = 0; i < out.length; i++) out[i] += weight * column[i];
    });
  }

  // Return what each neuron receives from one row.
  receiveRow(x) {
    return Array.from(this.biases, (bias, k) =>
      this.weights.reduce((sum, weights, r) => sum + weights[k] * x[r], bias),
    );
  }
}

class Network {
  constructor(coefs, intercepts, activation) {
    this.layers = coefs.map((coef, l) => new Layer(coef, intercepts[l]));
    this.activation = ACTIVATIONS[activation ?? "identity"];
  }

  get output() {
    return this.layers[this.layers.length - 1];
  }

  // The hidden layer, or null.
  get hidden() {
    return this.layers.length > 1 ? this.layers[0] : null;
  }

  get nHidden() {
    return this.hidden ? this.hidden.nTo : 0;
  }

  // Follow one row: what the hidden neurons receive and answer, and the scores.
  follow(x) {
    const received = this.hidden ? this.hidden.receiveRow(x) : [];
    const answers = received.map((z) => this.activation(z));
    const scores = this.output.receiveRow(this.hidden ? answers : x);
    return { received, answers, scores };
  }
}

// Many rows on their way through a network, kept up to date as its weights move.
class Batch {
  constructor(network, columns, size) {
    this.network = network;
    this.columns = columns;
    this.size = size;
    this.answers = Array.from(
      { length: network.nHidden },
      () => new Float64Array(size),
    );
    this.scores = Array.from(network.output.biases, () => new Float64Array(size));
    this.before = new Float64Array(size);
    this.refresh();
  }

  refresh() {
    this.answers.forEach((_, j) => this.answer(j));
    this.scores.forEach((_, k) => this.outputMoved(k));
  }

  answer(j) {
    const { hidden, activation } = this.network;
    const answers = this.answers[j];
    hidden.receive(j, this.columns, answers);
    for (let i = 0; i < this.size; i++) answers[i] = activation(answers[i]);
  }

  // Hidden neuron j has other weights: the scores change by what it adds.
  hiddenMoved(j) {
    const answers = this.answers[j];
    this.before.set(answers);
    this.answer(j);
    this.scores.forEach((scores, k) => {
      const weight = this.network.output.weights[j][k];
      for (let i = 0; i < this.size; i++) {
        scores[i] += weight * (answers[i] - this.before[i]);
      }
    });
  }

  // Output neuron k has other weights.
  outputMoved(k) {
    const inputs = this.network.hidden ? this.answers : this.columns;
    this.network.output.receive(k, inputs, this.scores[k]);
  }
}

// Return the index of the largest, the first of equals.
function largest(numbers) {
  return numbers.reduce((best, value, k) => (value > numbers[best] ? k : best), 0);
}

// Return the class that scores (one of two classes, else one a class) stand for.
function winner(scores) {
  return scores.length === 1 ? Number(scores[0] > 0) : largest(scores);
}

// How scores become probabilities: all or none, or softly, by `gain` times the score.
class Response {
  constructor(allOrNone, gain) {
    this.allOrNone = allOrNone;
    this.gain = gain;
  }

  // Return the probability of each class.
  probabilities(scores) {
    if (this.allOrNone) {
      const nClasses = Math.max(scores.length, 2);
      const first = winner(scores);
      return Array.from({ length: nClasses }, (_, k) => Number(k === first));
    }
    if (scores.length === 1) {
      const logit = this.gain * scores[0];
      return [sigmoid(-logit), sigmoid(logit)];
    }
    const top = Math.max(...scores);
    const odds = scores.map((score) => Math.exp(this.gain * (score - top)));
    const total = odds.reduce((sum, odd) => sum + odd);
    return odds.map((odd) => odd / total);
  }

  // Return -ln of the probability of class `code`, without rounding it to 0 first.
  cost(scores, code) {
    if (this.allOrNone) return winner(scores) === code ? 0 : Infinity;
    if (scores.length === 1) return softplus((code ? -1 : 1) * this.gain * scores[0]);
    const top = Math.max(...scores);
    const total = scores.reduce((sum, s) => sum + Math.exp(this.gain * (s - top)), 0);
    return Math.log(total) - this.gain * (scores[code] - top);
  }
}

// Return the mean log loss of the rows of a batch and how many are wrong.
function judge(batch, codes, response) {
  const scores = batch.scores.map(() => 0);
  let [loss, mistakes] = [0, 0];
  for (let i = 0; i < batch.size; i++) {
    batch.scores.forEach((column, k) => (scores[k] = column[i]));
    loss += response.cost(scores, codes[i]);
    mistakes += Number(winner(scores) !== codes[i]);
  }
  return { loss: loss / batch.size, mistakes };
}

// Return the noise at which all-or-none scores, made soft, have the least log loss.
function bestNoise(batch, codes) {
  let spread = 0;
  batch.scores.forEach((column) => column.forEach((s) => (spread += Math.abs(s))));
  spread /= batch.size * batch.scores.length;
  const tried = Array.from(
    { length: 41 },
    (_, i) => (spread || 1) * 10 ** (i / 20 - 1),
  );
  const losses = tried.map(
    (noise) => -judge(batch, codes, new Response(false, 1 / noise)).loss,
  );
  return tried[largest(losses)];
}
