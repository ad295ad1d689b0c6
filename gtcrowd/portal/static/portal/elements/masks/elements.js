// <crowd-semantic-segmentation>, <crowd-instance-segmentation>: which pixels belong to which label, or to which thing.
//
// Attributes: name, header, src, labels. Event: `crowd-change`, bubbling, after every step. Answer: the labels (or things)
// that have pixels with their colours, a PNG of these colours over white in base64, and the size of the picture.

import { readList } from "../attributes.js";
import { build, icon } from "../build.js";
import { Choices } from "../choices.js";
import { colourOf, swatch } from "../colours.js";
import { Board } from "../drawing/board.js";
import { Toolbar } from "../drawing/toolbar.js";
import { instructionsOf } from "../instructions.js";
import { text } from "../texts.js";
import { Codes } from "./codes.js";
import { Layer } from "./layer.js";
import { Painter, TOOLS } from "./painter.js";
import { png } from "./png.js";

const SVG = "http://www.w3.org/2000/svg";
const SIGNS = {
  brush: "M14 3l3 3-8 8-4 1 1-4zM5 15l-2 2",
  eraser: "M4 12l7-8 6 5-7 8H7zM8 7l6 5",
  polygon: "M4 7l6-4 7 5-3 8H6z",
  fill: "M9 3l7 7-6 6-7-7zM3 9h13M17 13v3",
  dropper: "M12 5l3 3M16 2l2 2-7 7-3-3zM8 9l-5 5v3h3l5-5",
};
const MOST_THINGS = 254;
const MOST_RUNS = 40_000; // a draft with more is not kept

class Segmentation extends HTMLElement {
  connectedCallback() {
    if (!this.board) this.furnish();
    this.board.start();
  }

  disconnectedCallback() {
    this.board.stop();
  }

  get name() {
    return this.getAttribute("name") ?? this.localName;
  }

  get answer() {
    const { height, width } = this.board.picture;
    return { ...this.described(), labeledImage: { pngImageData: this.packed }, inputImageProperties: { height, width } };
  }

  get problem() {
    if (this.board.failed || !this.painter.codes) return text("missing");
    if (this.painter.corners) return text("unfinished");
    return this.painter.codes.data.some(Boolean) || this.none.checked ? null : text("nothingPainted");
  }

  get keys() {
    return [
      ["X Z V F G", "keyBrush"], ["[ ]", "keySize"], ["← ↑ ↓ →", "keyCursor"], ["Enter", "keyPaint"],
      ["Ctrl + Z, Ctrl + Y", "keyUndo"], ["+ - .", "keyZoom"], ["M", "keyHand"], ["B", "keyNothing"],
    ];
  }

  get draft() {
    const runs = this.painter.codes?.runs(MOST_RUNS);
    return runs ? { runs, nothing: this.none.checked, things: this.things } : null;
  }

  restore({ runs, nothing, things }) {
    this.none.checked = nothing;
    if (things) this.things = things;
    const put = () => this.painter.act(() => this.painter.codes.fill(runs));
    if (this.painter.codes) put();
    else this.board.loading.image.addEventListener("load", put, { once: true });
    this.list?.();
  }

  /** Make the picture of the answer: it takes a moment, so the form waits for it. */
  async prepare() {
    const { codes } = this.painter;
    this.counts = codes.counts();
    this.packed = await png(codes.data, codes.width, codes.height, this.colours());
  }

  furnish() {
    this.labels = readList(this.getAttribute("labels") ?? "");
    this.label = 0;
    const draws = {
      down: (at) => this.painter.down(at),
      move: (at) => this.painter.move(at),
      up: (at) => this.painter.up(at),
      hover: (at) => this.painter.hover(at),
      cancel: () => this.painter.cancel(),
      changed: () => this.redraw(),
    };
    this.board = new Board({ src: this.getAttribute("src") ?? "", alt: text("picture"), draws });
    this.board.loading.image.addEventListener("load", () => this.begin());
    this.painter = new Painter({ board: this.board, code: () => this.code(), picked: (code) => this.pick(code), changed: () => this.changed() });
    this.layer = new Layer(this.board.stage);
    const history = { undo: () => this.painter.undo(), redo: () => this.painter.redo() };
    Object.defineProperty(history, "history", { get: () => ({ canUndo: this.painter.steps.length > 0 || this.painter.corners, canRedo: this.painter.undone.length > 0 }) });
    this.looks = { brightness: 100, contrast: 100 };
    this.toolbar = new Toolbar({ sketch: history, board: this.board, light: (name, percent) => this.light(name, percent) });
    this.prepend(build("figure", { class: "picture drawing" }, this.board.element, this.tools(), this.toolbar.element));
    this.append(build("div", { class: "side" }, ...this.panel(), ...instructionsOf(this)));
    this.classList.add("ready");
  }

  /** The size of the picture is known. */
  begin() {
    const { width, height } = this.board.picture;
    this.painter.codes ??= new Codes(width, height);
    this.redraw();
  }

  tools() {
    this.buttons = Object.keys(TOOLS).map((name) => {
      const key = TOOLS[name].toUpperCase();
      const made = build("button", { type: "button", class: "tool", title: `${text(name)} (${key})`, "aria-label": text(name), "aria-pressed": "false", "aria-keyshortcuts": key }, icon(SIGNS[name]));
      made.addEventListener("click", () => this.painter.take(name));
      return made;
    });
    this.size = build("input", { type: "range", min: "1", max: "200", value: this.painter.size, "aria-label": text("brushSize") });
    this.size.addEventListener("input", () => {
      this.painter.size = Number(this.size.value);
      this.redraw();
    });
    return build("div", { class: "picture-tools", role: "toolbar", "aria-label": text("painting") }, ...this.buttons, this.size);
  }

  panel() {
    this.palette = new Choices({ header: this.getAttribute("header") || text("chooseThenPaint"), labels: this.labels, changed: () => this.choose(this.palette.chosen[0]) });
    if (this.palette.inputs[0]) this.palette.inputs[0].checked = true;
    this.none = build("input", { type: "checkbox" });
    this.none.addEventListener("change", () => this.tell());
    const nothing = build("label", { class: "choice" }, this.none, build("span", { class: "choice-label" }, text("nothing")), build("kbd", { "aria-hidden": "true" }, "B"));
    return [this.palette.element, nothing];
  }

  choose(label) {
    this.label = label;
    this.redraw();
  }

  /** Whether the key event meant this element. */
  press(event) {
    const control = event.ctrlKey || event.metaKey;
    if (!this.painter.codes || event.altKey) return false;
    if (control) return this.withControl(event.key.toLowerCase(), event.shiftKey);
    if (this.palette.press(event, false)) return true;
    const onPicture = event.target === this.board.room || event.target === document.body;
    const act = this.painter.meant(event, onPicture) ?? this.anywhere()[event.key];
    act?.();
    return Boolean(act);
  }

  withControl(key, shift) {
    if (key !== "z" && key !== "y") return false;
    if (key === "y" || shift) this.painter.redo();
    else this.painter.undo();
    return true;
  }

  anywhere() {
    return {
      "+": () => this.board.step(1),
      "=": () => this.board.step(1),
      "-": () => this.board.step(-1),
      ".": () => this.board.fit(),
      m: () => this.toolbar.toggleHand(),
      b: () => this.none.click(),
    };
  }

  takeFocus() {
    this.board.room.focus({ preventScroll: true });
  }

  light(name, percent) {
    if (name === "opacity") this.layer.fade(percent / 100);
    else this.board.light((this.looks = { ...this.looks, [name]: percent }));
  }

  changed() {
    this.redraw();
    if (this.told === this.painter.steps.length) return;
    this.told = this.painter.steps.length;
    this.tell();
  }

  tell() {
    this.dispatchEvent(new CustomEvent("crowd-change", { bubbles: true, detail: { name: this.name } }));
  }

  /** Once a frame, however often it is asked for. */
  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  draw() {
    const { board, painter } = this;
    Object.keys(TOOLS).forEach((name, place) => {
      this.buttons[place].setAttribute("aria-pressed", String(painter.tool === name));
      this.buttons[place].classList.toggle("tool-on", painter.tool === name);
    });
    this.size.value = Math.round(painter.size);
    this.toolbar.draw();
    if (!board.ready || !painter.codes) return;
    this.layer.draw(painter.codes, this.colours());
    board.overlay.setAttribute("viewBox", `0 0 ${board.size.width} ${board.size.height}`);
    board.overlay.replaceChildren(...this.outline(), ...this.cursor());
  }

  outline() {
    const corners = this.painter.corners ?? [];
    if (!corners.length) return [];
    const points = [...corners, ...(this.painter.over ? [this.painter.over] : [])].map((point) => board(this, point));
    return [node("polyline", { points: points.join(" "), class: "shape-halo" }), node("polyline", { points: points.join(" "), class: "shape-line shape-draft", fill: "none", stroke: this.colours()[this.code()] })];
  }

  cursor() {
    const { over, tool, size } = this.painter;
    if (!over) return [];
    const { x, y } = this.board.toRoom(over);
    const r = tool === "brush" || tool === "eraser" ? Math.max(size / 2, 1) : 4;
    return [node("circle", { cx: x, cy: y, r, class: "cross cross-halo" }), node("circle", { cx: x, cy: y, r, class: "cross" })];
  }
}

class CrowdSemanticSegmentation extends Segmentation {
  code() {
    return this.label + 1;
  }

  colours() {
    return ["#ffffff", ...this.labels.map((_label, place) => colourOf(place))];
  }

  panel() {
    const parts = super.panel();
    this.palette.inputs.forEach((input, place) => input.after(swatch(place)));
    return parts;
  }

  pick(code) {
    if (code) this.palette.choose(code - 1, false);
  }

  described() {
    const present = [...this.labels.entries()].filter(([place]) => this.counts[place + 1]);
    return { labelMappings: Object.fromEntries(present.map(([place, label]) => [label, { color: colourOf(place) }])) };
  }
}

class CrowdInstanceSegmentation extends Segmentation {
  things = []; // labels of the things begun; their codes are their places and one
  thing = -1;

  /** The code of the thing at hand; the first stroke begins one. */
  code() {
    if (this.thing < 0) this.another();
    return this.thing + 1;
  }

  another() {
    if (this.things.length >= MOST_THINGS) return;
    this.thing = this.things.push(this.labels[this.label]) - 1;
    this.list();
  }

  colours() {
    return ["#ffffff", ...this.things.map((_label, place) => thingColour(place))];
  }

  panel() {
    const more = build("button", { type: "button", class: "button button-plain" }, text("anotherThing"), build("kbd", {}, "N"));
    more.addEventListener("click", () => this.another());
    this.marks = build("ol", { class: "marks", "aria-label": text("drawn") });
    return [...super.panel(), more, this.marks];
  }

  get keys() {
    return [["N", "keyThing"], ...super.keys];
  }

  anywhere() {
    return { ...super.anywhere(), n: () => this.another() };
  }

  /** A label is for the next thing; the one at hand keeps its own once it has pixels. */
  choose(label) {
    super.choose(label);
    this.thing = -1;
    this.list();
  }

  pick(code) {
    if (code) this.thing = code - 1;
    this.list();
  }

  list() {
    this.marks.replaceChildren(
      ...this.things.map((label, place) => {
        const name = build("button", { type: "button", class: "mark-name", "aria-pressed": String(place === this.thing) }, swatch(0, [thingColour(place)]), `${place + 1}. ${label}`);
        name.addEventListener("click", () => this.pick(place + 1));
        return build("li", { class: `mark${place === this.thing ? " mark-selected" : ""}` }, name);
      }),
    );
    this.redraw();
  }

  described() {
    const present = [...this.things.entries()].filter(([place]) => this.counts[place + 1]);
    return { instances: present.map(([place, label]) => ({ label, color: thingColour(place) })) };
  }
}

/** Each thing has a colour of its own, however many there are. */
function thingColour(place) {
  return place < 10 ? colourOf(place) : `#${((place * 0x9e3779 + 0x2ca02c) & 0xffffff).toString(16).padStart(6, "0")}`;
}

function board(element, point) {
  const { x, y } = element.board.toRoom(point);
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}

function node(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export const ELEMENTS = {
  "crowd-semantic-segmentation": CrowdSemanticSegmentation,
  "crowd-instance-segmentation": CrowdInstanceSegmentation,
};
