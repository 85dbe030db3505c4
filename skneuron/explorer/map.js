// The map of the decision, its points, and the thumbnails of the hidden neurons.

"use strict";

// Size a canvas for the screen's pixels; return what to draw with, in CSS pixels.
function prepare(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

// Return about five round numbers between low and high.
function ticks(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((s) => s * power >= rough);
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) found.push(k * step);
  return found.map((tick) => Number(tick.toPrecision(12)));
}

// A square lattice of rows over two features, or over one (`vertical` null).
class Lattice {
  constructor(size, across, vertical) {
    this.size = size;
    this.across = across; // {feature, low, high}
    this.vertical = vertical;
  }

  // Return the columns of a Batch, the other features held.
  columns(held) {
    const { size, across, vertical } = this;
    const columns = Array.from(held);
    const step = (axis, i) => axis.low + ((axis.high - axis.low) * i) / (size - 1);
    columns[across.feature] = Float64Array.from({ length: size * size }, (_, i) =>
      step(across, i % size),
    );
    if (vertical && vertical.feature !== across.feature) {
      columns[vertical.feature] = Float64Array.from({ length: size * size }, (_, i) =>
        step(vertical, size - 1 - Math.floor(i / size)),
      );
    }
    return columns;
  }
}

class DecisionMap {
  constructor(surface, overlay, nClasses) {
    this.surface = surface;
    this.overlay = overlay;
    this.nClasses = nClasses;
    this.colors = classColors(nClasses);
    this.fading = nClasses > 2 ? fadingPalettes(nClasses) : [];
    this.small = document.createElement("canvas");
  }

  // Take another lattice and the rows' places on its axes.
  show(lattice, points, codes) {
    Object.assign(this, { lattice, codes });
    this.points = points; // {x, y}: typed arrays in units of the axes
    this.small.width = this.small.height = lattice.size;
    this.image = new ImageData(lattice.size, lattice.size);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  // Fit the canvases into their frame.
  resize(width, height) {
    this.width = width;
    this.height = height;
    this.plot = { left: 46, top: 6, width: width - 54, height: height - 30 };
    this.context = prepare(this.surface, width, height);
    this.pointContext = prepare(this.overlay, width, height);
  }

  get verticalAxis() {
    return this.lattice.vertical ?? { low: -0.06, high: 1.06 };
  }

  toX(value) {
    const { low, high } = this.lattice.across;
    return this.plot.left + ((value - low) / (high - low)) * this.plot.width;
  }

  toY(value) {
    const { low, high } = this.verticalAxis;
    return this.plot.top + ((high - value) / (high - low)) * this.plot.height;
  }

  // Draw the colours and borders of the scores of a batch over the lattice.
  drawSurface(batch, response) {
    if (batch.scores.length === 1) this.colorTwo(batch.scores[0], response);
    else this.colorMany(batch.scores, response);
    this.small.getContext("2d").putImageData(this.image, 0, 0);
    const { context, plot, lattice } = this;
    const half = 0.5 / (lattice.size - 1);
    context.clearRect(0, 0, this.width, this.height);
    context.save();
    context.beginPath();
    context.rect(plot.left, plot.top, plot.width, plot.height);
    context.clip();
    context.imageSmoothingEnabled = !response.allOrNone;
    // The lattice's outer points lie on the edges of the plot: half a pixel beyond.
    context.drawImage(
      this.small,
      plot.left - half * plot.width,
      plot.top - half * plot.height,
      plot.width * (1 + 2 * half),
      plot.height * (1 + 2 * half),
    );
    if (lattice.vertical) this.drawBorders(batch.scores);
    else this.drawCurves(batch.scores, response);
    context.restore();
  }

  colorTwo(scores, { allOrNone, gain }) {
    const { pixels } = this;
    for (let i = 0; i < pixels.length; i++) {
      const share = allOrNone ? Number(scores[i] > 0) : sigmoid(gain * scores[i]);
      pixels[i] = DIVERGING[Math.round(share * (SHADES - 1))];
    }
  }

  colorMany(scores, { allOrNone, gain }) {
    const { pixels, fading } = this;
    const guess = 1 / scores.length;
    for (let i = 0; i < pixels.length; i++) {
      let first = 0;
      for (let k = 1; k < scores.length; k++) {
        if (scores[k][i] > scores[first][i]) first = k;
      }
      let total = 0;
      if (allOrNone) total = 1;
      else
        for (const column of scores)
          total += Math.exp(gain * (column[i] - scores[first][i]));
      const certainty = (1 / total - guess) / (1 - guess);
      pixels[i] = fading[first][Math.round(certainty * (SHADES - 1))];
    }
  }

  // Draw where the decision changes, as straight pieces within the lattice's cells.
  drawBorders(scores) {
    const { context } = this;
    context.strokeStyle = "#111";
    context.lineWidth = 2;
    context.beginPath();
    if (scores.length === 1) this.traceZero(scores[0]);
    else scores.forEach((_, k) => this.traceZero(this.lead(scores, k)));
    context.stroke();
  }

  // Return by how much class k leads the best of the others.
  lead(scores, k) {
    const lead = Float64Array.from(scores[k]);
    for (let i = 0; i < lead.length; i++) {
      let best = -Infinity;
      for (let other = 0; other < scores.length; other++) {
        if (other !== k && scores[other][i] > best) best = scores[other][i];
      }
      lead[i] -= best;
    }
    return lead;
  }

  // Marching squares: in each cell, join the places on its sides where a value is 0.
  traceZero(values) {
    const { context, plot, lattice } = this;
    const n = lattice.size;
    const [dx, dy] = [plot.width / (n - 1), plot.height / (n - 1)];
    for (let row = 0; row < n - 1; row++) {
      for (let column = 0; column < n - 1; column++) {
        const i = row * n + column;
        const [a, b, c, d] = [
          values[i],
          values[i + 1],
          values[i + n + 1],
          values[i + n],
        ];
        const above = a > 0;
        if (above === b > 0 && above === c > 0 && above === d > 0) continue;
        const x = plot.left + column * dx;
        const y = plot.top + row * dy;
        const ends = [];
        if (above !== b > 0) ends.push(x + (dx * a) / (a - b), y);
        if (b > 0 !== c > 0) ends.push(x + dx, y + (dy * b) / (b - c));
        if (d > 0 !== c > 0) ends.push(x + (dx * d) / (d - c), y + dy);
        if (above !== d > 0) ends.push(x, y + (dy * a) / (a - d));
        for (let e = 0; e < ends.length; e += 4) {
          context.moveTo(ends[e], ends[e + 1]);
          context.lineTo(ends[e + 2], ends[e + 3]);
        }
      }
    }
  }

  // With one feature the vertical axis is the probability: draw it, a curve a class.
  drawCurves(scores, response) {
    const { context, lattice } = this;
    const { low, high } = lattice.across;
    const curves = scores.length === 1 ? [1] : scores.map((_, k) => k);
    for (const k of curves) {
      const curve = new Path2D();
      for (let i = 0; i < lattice.size; i++) {
        const p = response.probabilities(scores.map((column) => column[i]))[k];
        const value = low + ((high - low) * i) / (lattice.size - 1);
        curve.lineTo(this.toX(value), this.toY(p));
      }
      const color = scores.length === 1 ? "#111" : this.colors[k];
      for (const [ink, width] of [
        ["#fff", 5],
        [color, 2.5],
      ]) {
        context.strokeStyle = ink;
        context.lineWidth = width;
        context.stroke(curve);
      }
    }
  }

  // Draw the frame, its numbers and the points; `followed` is ringed.
  drawPoints(followed) {
    const { pointContext: context, plot, colors, codes } = this;
    context.clearRect(0, 0, this.width, this.height);
    this.drawFrame();
    context.save();
    context.beginPath();
    context.rect(plot.left - 1, plot.top - 1, plot.width + 2, plot.height + 2);
    context.clip();
    const radius = codes.length > 300 ? 3 : 4.5;
    context.lineWidth = 1;
    context.strokeStyle = "#fff";
    codes.forEach((code, i) => {
      const [x, y] = this.place(i);
      context.fillStyle = colors[code];
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    });
    this.drawRing(followed, radius);
    context.restore();
  }

  drawRing(i, radius) {
    const { pointContext: context } = this;
    const [x, y] = this.place(i);
    context.fillStyle = this.colors[this.codes[i]];
    context.beginPath();
    context.arc(x, y, radius + 1, 0, 2 * Math.PI);
    context.fill();
    for (const [color, width] of [
      ["#fff", 6],
      ["#111", 2.5],
    ]) {
      context.strokeStyle = color;
      context.lineWidth = width;
      context.beginPath();
      context.arc(x, y, radius + 4.5, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  drawFrame() {
    const { pointContext: context, plot } = this;
    const ink = getComputedStyle(this.overlay).color;
    context.fillStyle = context.strokeStyle = ink;
    context.lineWidth = 1;
    context.strokeRect(plot.left, plot.top, plot.width, plot.height);
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "top";
    const { low, high } = this.lattice.across;
    for (const tick of ticks(low, high)) {
      context.fillText(number(tick), this.toX(tick), plot.top + plot.height + 6);
    }
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const tick of ticks(this.verticalAxis.low, this.verticalAxis.high)) {
      context.fillText(number(tick), plot.left - 6, this.toY(tick));
    }
  }

  // Return where row i is drawn.
  place(i) {
    return [this.toX(this.points.x[i]), this.toY(this.points.y[i])];
  }

  // Return the row nearest to a place within reach, or -1.
  nearest(x, y, reach) {
    let [best, least] = [-1, reach * reach];
    this.codes.forEach((_, i) => {
      const [px, py] = this.place(i);
      const square = (px - x) ** 2 + (py - y) ** 2;
      if (square <= least) [best, least] = [i, square];
    });
    return best;
  }

  // Return the nearest row in a direction (1 or -1 along an axis), or `from` itself.
  neighbour(from, dx, dy) {
    const [x, y] = this.place(from);
    let [best, least] = [from, Infinity];
    this.codes.forEach((_, i) => {
      const [px, py] = this.place(i);
      const along = (px - x) * dx + (py - y) * dy;
      const aside = Math.abs((px - x) * dy) + Math.abs((py - y) * dx);
      const distance = along + 2 * aside;
      if (along > 0.5 && distance < least) [best, least] = [i, distance];
    });
    return best;
  }
}

// Draw what a hidden neuron answers over the lattice.
function drawThumbnail(canvas, answers, size) {
  const step = Math.max(Math.floor(size / 40), 1);
  const n = Math.floor((size - 1) / step) + 1;
  if (canvas.width !== n) canvas.width = canvas.height = n;
  let top = 0;
  for (let i = 0; i < answers.length; i++) top = Math.max(top, Math.abs(answers[i]));
  const image = new ImageData(n, n);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const answer = answers[row * step * size + column * step];
      const share = top > 0 ? 0.5 + (0.5 * answer) / top : 0.5;
      pixels[row * n + column] = OF_ANSWERS[Math.round(share * (SHADES - 1))];
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}
