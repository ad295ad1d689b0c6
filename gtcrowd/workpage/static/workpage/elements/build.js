// Make an element in one call: build("button", {type: "button", class: "x"}, "text", child, …).

const SVG = "http://www.w3.org/2000/svg";

/** A 20 × 20 icon drawn by one path in the current text colour. */
export function icon(path) {
  const [svg, line] = ["svg", "path"].map((name) => document.createElementNS(SVG, name));
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export function build(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}
