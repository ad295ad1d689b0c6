// Label colours in order, distinguishable with colour vision deficiency. The first ones are those of Ground Truth.

const SVG = "http://www.w3.org/2000/svg";
const COLOURS = [
  "#2ca02c",
  "#1f77b4",
  "#ff7f0e",
  "#d62728",
  "#9467bd",
  "#8c564b",
  "#e377c2",
  "#17becf",
  "#bcbd22",
  "#7f7f7f",
];

export function colourOf(index, custom) {
  return custom?.[index] ?? COLOURS[index % COLOURS.length];
}

/** A small square in the colour of a label. */
export function swatch(index, custom) {
  const svg = document.createElementNS(SVG, "svg");
  const square = document.createElementNS(SVG, "rect");
  for (const [key, value] of Object.entries({ width: 14, height: 14, rx: 3, fill: colourOf(index, custom) }))
    square.setAttribute(key, value);
  for (const [key, value] of Object.entries({ class: "swatch", viewBox: "0 0 14 14", "aria-hidden": "true" }))
    svg.setAttribute(key, value);
  svg.append(square);
  return svg;
}
