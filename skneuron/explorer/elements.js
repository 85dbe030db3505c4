// Elements of the page, and how numbers are written in it.
//
// Text from the data only ever becomes a text node or the value of an attribute.

"use strict";

const SVG = "http://www.w3.org/2000/svg";

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes))
    node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function drawn(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function byId(id) {
  return document.getElementById(id);
}

// A name from the data: of any length and of either direction of writing.
function named(text) {
  return element("bdi", { class: "name", title: text }, text);
}

function option(value, text) {
  return element("option", { value }, text);
}

// Return a number as one writes it, with four digits and a true minus.
function number(value) {
  if (!Number.isFinite(value))
    return value > 0 ? "∞" : value < 0 ? "−∞" : "not a number";
  const size = Math.abs(value);
  const far = size !== 0 && (size < 1e-3 || size >= 1e6);
  const text = far ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  return text.replace("-", "−");
}

// Return a probability or a cost with three decimals.
function decimals(value) {
  if (!Number.isFinite(value)) return "∞";
  return value.toFixed(3);
}

// A number that holds all its digits for programs, few for people.
function datum(value, text = number(value)) {
  return element("data", { value }, text);
}
