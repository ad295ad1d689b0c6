// The toolbar below a picture to draw on, with image settings: brightness, contrast, opacity of the shapes.

import { build, icon } from "../build.js";
import { keepChanges } from "../crowd-element.js";
import { text } from "../texts.js";

const UNDO = "M7 4 3 8l4 4M3 8h9a4 4 0 0 1 0 8H8";
const REDO = "m13 4 4 4-4 4M17 8H8a4 4 0 0 0 0 8h4";
const CORNERS = "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4";
const HAND = "M10 2v16M2 10h16M10 2 8 4M10 2l2 2M10 18l-2-2M10 18l2-2M2 10l2-2M2 10l2 2M18 10l-2-2M18 10l-2 2";
const SLIDERS = "M4 5h12M4 10h12M4 15h12M8 3v4M13 8v4M6 13v4";

export class Toolbar {
  /** `light(name, percent)` is called when brightness, contrast or opacity is set, and when the crosshair is wanted or not;
   *  `cross`: whether it is wanted at first; `opacity`: percent at first. */
  constructor({ sketch, board, adjust, cross, opacity }) {
    this.sketch = sketch;
    this.board = board;
    this.percent = build("output", { class: "picture-percent" });
    this.undo = tool("undo", icon(UNDO), "Ctrl Z", () => sketch.undo());
    this.redo = tool("redo", icon(REDO), "Ctrl Y", () => sketch.redo());
    this.panButton = tool("moveMode", icon(HAND), "M", () => this.togglePan());
    this.panButton.setAttribute("aria-pressed", "false");
    this.adjust = adjust;
    this.opacity = opacity;
    this.crosshairBox = build("input", { type: "checkbox", checked: cross });
    keepChanges(this.crosshairBox);
    this.crosshairBox.addEventListener("change", () => adjust("cross", this.crosshairBox.checked));
    this.element = build(
      "div",
      { class: "picture-tools", role: "toolbar", "aria-label": text("tools") },
      this.undo,
      this.redo,
      tool("zoomOut", "−", "-", () => board.step(-1)),
      this.percent,
      tool("zoomIn", "+", "+", () => board.step(1)),
      tool("fitIn", icon(CORNERS), ".", () => board.fit()),
      this.panButton,
      this.adjustments(),
    );
  }

  togglePan() {
    this.board.isPanning = !this.board.isPanning;
    this.panButton.setAttribute("aria-pressed", String(this.board.isPanning));
    this.panButton.classList.toggle("tool-on", this.board.isPanning);
    this.board.viewport.classList.toggle("canvas-panning", this.board.isPanning);
  }

  draw() {
    this.undo.disabled = !this.sketch.history.canUndo && !this.sketch.draft;
    this.redo.disabled = !this.sketch.history.canRedo;
    if (this.board.ready) this.percent.value = text("zoomed", { percent: Math.round(this.board.view.scale * 100) });
  }

  adjustments() {
    const slider = (name, value, max) => {
      const input = build("input", { type: "range", min: "0", max: max, step: "5", value });
      input.addEventListener("input", () => this.adjust(name, Number(input.value)));
      return build("label", { class: "adjustment" }, text(name), input);
    };
    const summary = build(
      "summary",
      { class: "tool", title: text("adjustments"), "aria-label": text("adjustments") },
      icon(SLIDERS),
    );
    return build(
      "details",
      { class: "adjustments" },
      summary,
      build(
        "div",
        { class: "adjustments-panel" },
        slider("brightness", "100", "300"),
        slider("contrast", "100", "300"),
        slider("opacity", String(this.opacity), "100"),
        build("label", { class: "adjustment-check" }, this.crosshairBox, text("crosshair")),
      ),
    );
  }
}

function tool(name, content, key, action) {
  const button = build(
    "button",
    {
      type: "button",
      class: "tool",
      title: `${text(name)} (${key})`,
      "aria-label": text(name),
      "aria-keyshortcuts": key.replace(" ", "+").replace("Ctrl", "Control"),
    },
    content,
  );
  button.addEventListener("click", action);
  return button;
}
