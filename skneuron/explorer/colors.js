// Colours: those of skneuron.plotting, as pixels and as text.

"use strict";

// ColorBrewer's RdBu with white at 0.5 for two
// classes, else Petroff's hues (2021, arXiv:2107.02270).
const RED_WHITE_BLUE = [
  [103, 0, 31],
  [178, 24, 43],
  [214, 96, 77],
  [244, 165, 130],
  [253, 219, 199],
  [255, 255, 255],
  [209, 229, 240],
  [146, 197, 222],
  [67, 147, 195],
  [33, 102, 172],
  [5, 48, 97],
];
const TWO_CLASSES = ["#b2182b", "#2166ac"];
const HUES = [
  "#bd1f01",
  "#3f90da",
  "#ffa90e",
  "#832db6",
  "#a96b59",
  "#92dadd",
  "#e76300",
  "#b9ac70",
  "#717581",
  "#94a4a2",
];
// What a hidden neuron answers: slate below 0, white at 0, gold above.
const ANSWERS = [
  [56, 72, 99],
  [255, 255, 255],
  [184, 128, 0],
];

// Return `size` colours, packed as the pixels of an ImageData, between the stops.
function palette(stops, size) {
  const colors = new Uint32Array(size);
  const bytes = new Uint8ClampedArray(colors.buffer);
  for (let i = 0; i < size; i++) {
    const place = (i / (size - 1)) * (stops.length - 1);
    const low = Math.min(Math.floor(place), stops.length - 2);
    const share = place - low;
    for (let c = 0; c < 3; c++) {
      bytes[4 * i + c] = stops[low][c] * (1 - share) + stops[low + 1][c] * share;
    }
    bytes[4 * i + 3] = 255;
  }
  return colors;
}

function classColors(nClasses) {
  if (nClasses === 2) return TWO_CLASSES;
  if (nClasses <= HUES.length) return HUES.slice(0, nClasses);
  return Array.from({ length: nClasses }, (_, k) => hueColor(k / nClasses));
}

// Return a saturated colour of this hue (0 to 1) in hexadecimal.
function hueColor(hue) {
  const channel = (shift) => {
    const distance = Math.abs(((hue + shift) % 1) * 6 - 3) - 1;
    return Math.round(215 * Math.min(Math.max(distance, 0), 1));
  };
  return (
    "#" +
    [0, 2 / 3, 1 / 3].map((s) => channel(s).toString(16).padStart(2, "0")).join("")
  );
}

function channels(color) {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}

const SHADES = 257;
const DIVERGING = palette(RED_WHITE_BLUE, SHADES);
const OF_ANSWERS = palette(ANSWERS, SHADES);

// Return for each class its colours from white to 70 % of its hue.
function fadingPalettes(nClasses) {
  return classColors(nClasses).map((color) => {
    const faded = channels(color).map((channel) => 255 + 0.7 * (channel - 255));
    return palette([[255, 255, 255], faded], SHADES);
  });
}
