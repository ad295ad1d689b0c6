// The panel beside a picture to draw on: labels, list of shapes, and “Nothing to label”.

import { build, icon } from "../build.js";
import { Choices } from "../choices.js";
import { swatch } from "../colours.js";
import { keepChanges } from "../crowd-element.js";
import { EYE, LOCK } from "../icon-paths.js";
import { text } from "../texts.js";
import { bounds } from "./geometry.js";

const BIN = "M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11";

export class Panel {
  constructor({ sketch, header, colours, changed }) {
    this.sketch = sketch;
    this.colours = colours;
    this.header = header;
    this.palette = this.createPalette();
    this.list = build("ol", { class: "annotations", "aria-label": text("drawn") });
    this.nothingBox = build("input", { type: "checkbox" });
    keepChanges(this.nothingBox);
    this.nothingBox.addEventListener("change", () => sketch.declareNothing(this.nothingBox.checked));
    this.nothing = build(
      "label",
      { class: "choice" },
      this.nothingBox,
      build("span", { class: "choice-label" }, text("nothing")),
      build("kbd", { "aria-hidden": "true" }, "B"),
    );
    this.element = build("div", { class: "drawing-panel" }, this.palette.element, this.nothing, this.list);
    this.changed = changed;
  }

  createPalette() {
    const { sketch } = this;
    const palette = new Choices({
      header: this.header,
      labels: sketch.labels,
      changed: () => sketch.choose(palette.chosen[0]),
    });
    palette.inputs.forEach((input, index) => input.after(swatch(index, this.colours)));
    return palette;
  }

  /** Show the sketch's labels after they have changed. */
  relabel() {
    const { element } = this.palette;
    this.palette = this.createPalette();
    element.replaceWith(this.palette.element);
    this.drawnShapes = undefined;
    this.draw();
  }

  draw() {
    const { sketch } = this;
    const input = this.palette.inputs[sketch.label];
    if (input) input.checked = true;
    this.nothingBox.checked = sketch.nothing;
    this.nothingBox.disabled = sketch.shapes.length > 0;
    if (this.drawnShapes === sketch.shapes && this.drawnSelection === sketch.selected) return;
    const rows = sketch.shapes.map((shape, index) => this.row(shape, index));
    const focused = [...this.list.querySelectorAll("button")].indexOf(document.activeElement);
    this.list.replaceChildren(...rows);
    if (focused >= 0) this.list.querySelectorAll("button")[Math.min(focused, rows.length * 4 - 1)]?.focus();
    [this.drawnShapes, this.drawnSelection] = [sketch.shapes, sketch.selected];
  }

  row(shape, index) {
    const { sketch } = this;
    const selected = index === sketch.selected;
    const words = `${index + 1}. ${shape.label}`;
    const label = Math.max(sketch.labels.indexOf(shape.label), 0);
    const name = build(
      "button",
      { type: "button", class: "annotation-name", "aria-pressed": String(selected) },
      swatch(label, this.colours),
      `${words} `,
      build("span", { class: "annotation-size" }, size(shape)),
    );
    name.addEventListener("click", () => sketch.select(selected ? -1 : index));
    return build(
      "li",
      { class: `annotation${selected ? " annotation-selected" : ""}` },
      name,
      itemButton(shape.hidden ? "show" : "hide", EYE, words, shape.hidden, () => sketch.toggle(index, "hidden")),
      itemButton(shape.locked ? "unlock" : "lock", LOCK, words, shape.locked, () => sketch.toggle(index, "locked")),
      itemButton("remove", BIN, words, undefined, () => {
        sketch.select(index);
        sketch.remove();
      }),
    );
  }
}

/** A button in the row of an annotation; `words` names the annotation. */
export function itemButton(name, path, words, pressed, action) {
  const accessibleName = `${text(name)}: ${words}`;
  const button = build(
    "button",
    {
      type: "button",
      class: `tool annotation-tool${pressed ? " tool-on" : ""}`,
      title: text(name),
      "aria-label": accessibleName,
    },
    icon(path),
  );
  button.addEventListener("click", action);
  return button;
}

/** A shape's size, such as "40 × 33"; empty for a point. */
function size({ points }) {
  if (points.length < 2) return "";
  const { left, top, right, bottom } = bounds(points);
  return `${Math.round(right - left)} × ${Math.round(bottom - top)}`;
}
