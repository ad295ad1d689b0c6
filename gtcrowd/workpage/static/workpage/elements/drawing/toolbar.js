// The buttons under a picture to draw on, and what changes how it looks: brightness, contrast, opacity of the shapes.

import { build, icon } from "../build.js";
import { text } from "../texts.js";

const UNDO = "M7 4 3 8l4 4M3 8h9a4 4 0 0 1 0 8H8";
const REDO = "m13 4 4 4-4 4M17 8H8a4 4 0 0 0 0 8h4";
const CORNERS = "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4";
const HAND = "M10 2v16M2 10h16M10 2 8 4M10 2l2 2M10 18l-2-2M10 18l2-2M2 10l2-2M2 10l2 2M18 10l-2-2M18 10l-2 2";
const SLIDERS = "M4 5h12M4 10h12M4 15h12M8 3v4M13 8v4M6 13v4";

export class Toolbar {
  /** `light(name, percent)` is called when brightness, contrast or opacity is set, and when the crosshair is wanted or not;
   *  `cross`: whether it is wanted at first; `opacity`: percent at first. */
  constructor({ sketch, board, light, cross, opacity }) {
    this.sketch = sketch;
    this.board = board;
    this.percent = build("output", { class: "picture-percent" });
    this.undo = tool("undo", icon(UNDO), "Ctrl Z", () => sketch.undo());
    this.redo = tool("redo", icon(REDO), "Ctrl Y", () => sketch.redo());
    this.hand = tool("moveMode", icon(HAND), "M", () => this.toggleHand());
    this.hand.setAttribute("aria-pressed", "false");
    this.light = light;
    this.opacity = opacity;
    this.cross = build("input", { type: "checkbox", checked: cross });
    this.cross.addEventListener("change", () => light("cross", this.cross.checked));
    this.element = build(
      "div",
      { class: "picture-tools", role: "toolbar", "aria-label": text("tools") },
      this.undo,
      this.redo,
      tool("zoomOut", "−", "-", () => board.step(-1)),
      this.percent,
      tool("zoomIn", "+", "+", () => board.step(1)),
      tool("fitIn", icon(CORNERS), ".", () => board.fit()),
      this.hand,
      this.looks(),
    );
  }

  toggleHand() {
    this.board.moving = !this.board.moving;
    this.hand.setAttribute("aria-pressed", String(this.board.moving));
    this.hand.classList.toggle("tool-on", this.board.moving);
    this.board.room.classList.toggle("board-moving", this.board.moving);
  }

  draw() {
    this.undo.disabled = !this.sketch.history.canUndo && !this.sketch.draft;
    this.redo.disabled = !this.sketch.history.canRedo;
    if (this.board.ready) this.percent.value = text("zoomed", { percent: Math.round(this.board.view.scale * 100) });
  }

  looks() {
    const slider = (name, value, most) => {
      const input = build("input", { type: "range", min: "0", max: most, step: "5", value });
      input.addEventListener("input", () => this.light(name, Number(input.value)));
      return build("label", { class: "look" }, text(name), input);
    };
    const summary = build("summary", { class: "tool", title: text("looks"), "aria-label": text("looks") }, icon(SLIDERS));
    return build(
      "details",
      { class: "looks" },
      summary,
      build("div", { class: "looks-panel" }, slider("brightness", "100", "300"), slider("contrast", "100", "300"), slider("opacity", String(this.opacity), "100"), build("label", { class: "look-check" }, this.cross, text("crosshair"))),
    );
  }
}

function tool(name, sign, key, act) {
  const made = build("button", { type: "button", class: "tool", title: `${text(name)} (${key})`, "aria-label": text(name), "aria-keyshortcuts": key.replace(" ", "+").replace("Ctrl", "Control") }, sign);
  made.addEventListener("click", act);
  return made;
}
