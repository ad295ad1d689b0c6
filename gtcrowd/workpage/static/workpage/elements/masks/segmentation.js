// What both elements share in which a worker says which pixels of a picture belong to what.
//
// Attributes: name, header, src, labels, initial-value (see ../initial.js). Event: `crowd-change`, bubbling, after every step.
// Answer: the labels (or things) that have pixels with their colours, a PNG of these colours over white in base64, the size of
// the picture, and with initial-value whether it was changed.

import { readList } from "../attributes.js";
import { build, icon } from "../build.js";
import { Choices } from "../choices.js";
import { Board } from "../drawing/board.js";
import { crosshair, node, ring } from "../drawing/paint.js";
import { Toolbar } from "../drawing/toolbar.js";
import { decode, readInitial } from "../initial.js";
import { instructionsOf } from "../instructions.js";
import { Loading } from "../loading.js";
import { text } from "../texts.js";
import { Codes } from "./codes.js";
import { Keeping } from "./keeping.js";
import { Layer } from "./layer.js";
import { outlined } from "./outline.js";
import { Painter, TOOLS } from "./painter.js";
import { png } from "./png.js";

const SIGNS = {
  brush: "M14 3l3 3-8 8-4 1 1-4zM5 15l-2 2",
  eraser: "M4 12l7-8 6 5-7 8H7zM8 7l6 5",
  polygon: "M4 7l6-4 7 5-3 8H6z",
  fill: "M9 3l7 7-6 6-7-7zM3 9h13M17 13v3",
  dropper: "M12 5l3 3M16 2l2 2-7 7-3-3zM8 9l-5 5v3h3l5-5",
  ends: "M10 6a4 4 0 1 0 0 8 4 4 0 1 0 0-8M10 1v3M10 16v3M1 10h3M16 10h3",
};
const MOST_RUNS = 40_000; // a draft with more is not kept

export class Segmentation extends HTMLElement {
  connectedCallback() {
    if (!this.board) this.furnish();
    this.board.start();
    this.earlier?.start();
  }

  disconnectedCallback() {
    this.board.stop();
  }

  get name() {
    return this.getAttribute("name") ?? this.localName;
  }

  get answer() {
    const { height, width } = this.board.picture;
    const answer = { ...this.described(), labeledImage: { pngImageData: this.packed }, inputImageProperties: { height, width } };
    if (this.initial) answer.initialValueModified = !this.painter.codes.isAsAfter(this.initially);
    return answer;
  }

  get problem() {
    if (this.board.failed || !this.painter.codes) return text("missing");
    if (this.painter.corners || this.painter.ends.length) return text("unfinished");
    if (this.outlining) return text("outlining");
    return !this.painter.codes.empty || this.none.checked ? null : text("nothingPainted");
  }

  get keys() {
    return [
      ["X Z V F G", "keyBrush"], ["C", "keyEnds"], ["[ ]", "keySize"], ["← ↑ ↓ →", "keyCursor"], ["Enter", "keyPaint"],
      ["Ctrl + Z, Ctrl + Y", "keyUndo"], ["+ - .", "keyZoom"], ["M", "keyHand"], ["H, L", "keyKeep"], ["B", "keyNothing"],
    ];
  }

  get draft() {
    const runs = this.painter.codes?.runs(MOST_RUNS);
    return runs ? { runs, nothing: this.none.checked, things: this.things } : null;
  }

  restore({ runs, nothing, things }) {
    this.none.checked = nothing;
    this.begun.then(() => {
      if (things) this.things = things;
      this.painter.act(() => this.painter.codes.fill(runs));
      this.list();
    });
  }

  /** Make the picture of the answer: it takes a moment, so the form waits for it. */
  async prepare() {
    const { codes } = this.painter;
    this.counts = codes.counts();
    this.packed = await png(codes, this.colours());
  }

  furnish() {
    this.initial = readInitial(this.getAttribute("initial-value"));
    this.labels = [...new Set([...readList(this.getAttribute("labels") ?? ""), ...(this.initial?.things ?? []).map(({ label }) => label)])];
    this.label = 0;
    this.told = 0;
    this.keeping = new Keeping(() => this.kept());
    this.begun = new Promise((resolve) => (this.beginning = resolve));
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
    this.painter = new Painter({ board: this.board, code: () => this.code(), picked: (code) => this.pick(code), outline: (ends) => this.outline(ends), changed: () => this.changed() });
    this.layer = new Layer(this.board.room);
    if (this.initial) this.fetchEarlier(this.initial.src);
    const history = { undo: () => this.painter.undo(), redo: () => this.painter.redo() };
    Object.defineProperty(history, "history", { get: () => ({ canUndo: this.painter.steps.length > 0 || this.painter.corners || this.painter.ends.length > 0, canRedo: this.painter.undone.length > 0 }) });
    this.looks = { brightness: 100, contrast: 100 };
    this.toolbar = new Toolbar({ sketch: history, board: this.board, light: (name, value) => this.light(name, value), cross: false, opacity: this.layer.opacity * 100 });
    this.said = build("p", { class: "picture-said", role: "status" });
    this.prepend(build("figure", { class: "picture drawing" }, this.board.element, ...(this.earlier ? [this.earlier.panel] : []), this.tools(), this.said, this.toolbar.element));
    this.append(build("div", { class: "side" }, ...this.panel(), ...instructionsOf(this)));
    this.classList.add("ready");
  }

  /** Have the picture loaded that the pixels begin with. */
  fetchEarlier(src) {
    this.earlier = new Loading({ src, alt: "", told: () => this.begin() });
    this.earlier.image.crossOrigin = "anonymous"; // else its pixels could be seen, but not read
  }

  /** The size of the picture is known, and what it was painted with before has come. */
  async begin() {
    const { width, height } = this.board.picture;
    if (this.codes || !width || (this.earlier && (this.earlier.failed || !this.earlier.size.width))) return;
    this.codes = new Codes(width, height);
    this.initially = [];
    if (this.earlier) {
      this.codes.begin();
      try {
        await decode(this.earlier.image, this.codes, this.coded(this.initial.things));
      } catch {
        this.codes = null;
        this.earlier.settle(true);
        return;
      }
      this.initially = this.codes.end();
    }
    this.codes.locked = this.keeping.codes;
    this.painter.codes = this.codes; // from here on it can be painted
    this.told = this.initially.length ? 1 : 0; // nobody has done anything yet
    this.painter.keep(this.initially);
    this.beginning();
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

  /** Paint what lies between four ends, with the label that is in hand now. */
  async outline(ends) {
    const code = this.code();
    this.outlining = true;
    this.redraw();
    const found = await outlined(this, { ends, src: this.board.loading.src, picture: this.board.picture });
    this.outlining = false;
    if (!found.problem) this.painter.act(() => this.codes.stamp(found, code));
    this.answered = found.problem ?? text("outlined");
    this.redraw();
  }

  /** What is to be done next, or what came of it. */
  say() {
    const { tool, ends } = this.painter;
    if (tool !== "ends") this.answered = "";
    const kept = this.keeping.has(this.inHand) && tool !== "dropper" ? text("labelKept") : "";
    const next = tool === "ends" ? text("endsSet", { number: ends.length }) : "";
    const sentence = this.outlining ? text("outlining") : (!ends.length && this.answered) || kept || next;
    if (this.said.textContent !== sentence) this.said.textContent = sentence;
    this.said.classList.toggle("picture-busy", Boolean(this.outlining));
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
      h: () => this.keeping.toggle(this.inHand, "hidden"),
      l: () => this.keeping.toggle(this.inHand, "locked"),
    };
  }

  takeFocus() {
    this.board.room.focus({ preventScroll: true });
  }

  light(name, value) {
    if (name === "opacity") this.layer.fade(value / 100);
    else if (name === "cross") this.cross = value;
    else this.board.light((this.looks = { ...this.looks, [name]: value }));
  }

  /** Something was hidden or locked, or is no longer. */
  kept() {
    if (this.codes) this.codes.locked = this.keeping.codes;
    this.list();
    this.redraw();
  }

  /** Show the list anew; the keyboard stays on the button it was on. */
  show(rows) {
    const focused = [...this.marks.querySelectorAll("button")].indexOf(document.activeElement);
    this.marks.replaceChildren(...rows);
    if (focused >= 0) this.marks.querySelectorAll("button")[focused]?.focus();
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
    this.say();
    if (!board.ready || !painter.codes) return;
    const colours = this.colours().map((colour, code) => (this.keeping.hidden.has(code) ? null : colour));
    this.layer.draw({ codes: painter.codes, colours, view: board.view, size: board.size });
    board.overlay.setAttribute("viewBox", `0 0 ${board.size.width} ${board.size.height}`);
    board.overlay.replaceChildren(...this.polygon(), ...this.ends(), ...this.cursor());
  }

  ends() {
    return this.painter.ends.map((end) => {
      const { x, y } = this.board.toRoom(end);
      return node("circle", { cx: x, cy: y, r: 6, fill: this.colours()[this.code()], class: "shape-point" });
    });
  }

  polygon() {
    const corners = this.painter.corners ?? [];
    if (!corners.length) return [];
    const points = [...corners, ...(this.painter.over ? [this.painter.over] : [])].map((point) => board(this, point));
    return [node("polyline", { points: points.join(" "), class: "shape-halo" }), node("polyline", { points: points.join(" "), class: "shape-line shape-draft", fill: "none", stroke: this.colours()[this.code()] })];
  }

  cursor() {
    const { over, tool, size } = this.painter;
    if (!over) return [];
    const r = tool === "brush" || tool === "eraser" ? Math.max(size / 2, 1) : 4;
    return [...(this.cross ? crosshair(this.board, over) : []), ...ring(this.board.toRoom(over), r)];
  }
}

function board(element, point) {
  const { x, y } = element.board.toRoom(point);
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}
