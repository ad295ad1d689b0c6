// Base of the elements in which a worker draws shapes on a picture.
//
// Attributes: name, header, src, labels (a list), label-colors (a list), initial-value (an answer of this element, or
// the list in it). Event: `crowd-change`, bubbling, after every step. Answer: the shapes under the type's name, the
// size of the picture, and with initial-value whether it was changed. A subclass names its type, a key of TYPES.

import { readAny, readList } from "../attributes.js";
import { build } from "../build.js";
import { CrowdElement } from "../crowd-element.js";
import { instructionsOf } from "../instructions.js";
import { text } from "../texts.js";
import { Board } from "./board.js";
import { Pointer } from "./pointer.js";
import { Keyboard } from "./keyboard.js";
import { Renderer } from "./renderer.js";
import { Panel } from "./panel.js";
import { Sketch } from "./sketch.js";
import { Toolbar } from "./toolbar.js";
import { TYPES } from "./types.js";

export class Drawing extends CrowdElement {
  static type;
  static settable = ["labels"];

  connectedCallback() {
    if (!this.board) this.setUp();
    this.board.start();
  }

  disconnectedCallback() {
    this.board.stop();
  }

  get name() {
    return this.getAttribute("name") ?? this.localName;
  }

  get labels() {
    return this.sketch?.labels ?? readList(this.getAttribute("labels") ?? "");
  }

  /** Offer other labels; those of shapes that are drawn stay. */
  set labels(labels) {
    this.setAttribute("labels", JSON.stringify(labels));
    if (!this.sketch) return;
    const drawn = this.sketch.shapes.map((shape) => shape.label);
    this.sketch.labels = [...new Set([...readList(this.getAttribute("labels")), ...drawn])];
    this.sketch.label = Math.min(this.sketch.label, Math.max(this.sketch.labels.length - 1, 0));
    this.panel.relabel();
    this.redraw();
  }

  get answer() {
    const { height, width } = this.board.picture;
    const answer = { [this.sketch.type.answer]: this.serialize(), inputImageProperties: { height, width } };
    if (this.hasAttribute("initial-value"))
      answer.initialValueModified = JSON.stringify(this.serialize()) !== this.initialAnswer;
    return answer;
  }

  get problem() {
    if (this.board.failed || !this.board.ready) return this.board.loading.problem;
    if (this.sketch.draft) return text("unfinished");
    return this.sketch.isComplete ? null : text("nothingDrawn");
  }

  /** The keys for the list of shortcuts. */
  get keys() {
    const cornerKeys = this.sketch.type.maxPoints === Infinity ? [["C", "keyCorner"]] : [];
    return [
      ["← ↑ ↓ →", "keyCursor"],
      ["Enter", "keyPoint"],
      ["[ ]", "keyShapes"],
      ...cornerKeys,
      ["N", "keyNew"],
      ["Delete", "keyRemove"],
      ["Ctrl + Z, Ctrl + Y", "keyUndo"],
      ["+ - .", "keyZoom"],
      ["M", "keyHand"],
      ["B", "keyNothing"],
    ];
  }

  get draft() {
    const { shapes, nothing } = this.sketch;
    return { shapes, nothing };
  }

  restore({ shapes, nothing }) {
    this.sketch.commit(shapes, { nothing });
  }

  serialize() {
    return this.sketch.shapes.map((shape) => this.sketch.type.write(shape));
  }

  setUp() {
    const labels = readList(this.getAttribute("labels") ?? "");
    const colours = readList(this.getAttribute("label-colors") ?? "");
    const type = this.constructor.type;
    const shapes = this.readInitial(type);
    const allLabels = [...new Set([...labels, ...shapes.map((shape) => shape.label)])];
    this.sketch = new Sketch({ type, labels: allLabels, shapes, onChange: () => this.changed() });
    this.initialAnswer = JSON.stringify(this.serialize());
    const handlers = {
      down: (at, event) => this.pointer.down(at, event),
      move: (at, event) => this.pointer.move(at, event),
      up: (at, event) => this.pointer.up(at, event),
      hover: (at) => this.pointer.hover(at),
      cancel: () => this.pointer.cancel(),
      changed: () => this.redraw(),
    };
    this.board = new Board({ src: this.getAttribute("src") ?? "", alt: text("picture"), handlers });
    this.pointer = new Pointer(this.sketch, this.board);
    this.keyboard = new Keyboard(this.sketch, this.board, this.pointer, () => this.toolbar.togglePan());
    this.renderer = new Renderer({
      sketch: this.sketch,
      board: this.board,
      pointer: this.pointer,
      keyboard: this.keyboard,
      colours,
    });
    this.panel = new Panel({
      sketch: this.sketch,
      header: this.getAttribute("header") || text("chooseLabel"),
      colours,
    });
    this.adjustments = { brightness: 100, contrast: 100 };
    this.toolbar = new Toolbar({
      sketch: this.sketch,
      board: this.board,
      adjust: (name, value) => this.adjust(name, value),
      cross: this.renderer.showsCrosshair,
      opacity: this.renderer.opacity * 100,
    });
    this.status = build("p", { class: "visually-hidden", "aria-live": "polite" });
    const figure = build("figure", { class: "picture drawing" }, this.board.element, this.toolbar.element, this.status);
    this.prepend(figure);
    this.append(build("div", { class: "side" }, this.panel.element, ...instructionsOf(this)));
    this.classList.add("ready");
    this.panel.draw();
  }

  /** Parse the shapes in `initial-value`. */
  readInitial(type) {
    const initial = readAny(this.getAttribute("initial-value") ?? "") ?? [];
    const list = Array.isArray(initial) ? initial : (initial[TYPES[type].answer] ?? []);
    return list.map((item) => TYPES[type].read(item));
  }

  /** Handle a key event. Returns whether it was meant for this element. */
  press(event) {
    const onPicture = event.target === this.board.viewport || event.target === document.body;
    // Labels first: a single-letter label uses that letter as its key.
    return this.panel.palette.press(event, false) || this.keyboard.press(event, onPicture);
  }

  takeFocus() {
    this.board.viewport.focus({ preventScroll: true });
  }

  adjust(name, value) {
    if (name === "opacity") this.renderer.opacity = value / 100;
    else if (name === "cross") this.renderer.showsCrosshair = value;
    else this.board.adjust((this.adjustments = { ...this.adjustments, [name]: value }));
    this.redraw();
  }

  changed() {
    this.redraw();
    this.panel.draw();
    const { shapes, nothing } = this.sketch;
    if (this.lastShapes === shapes && this.lastNothing === nothing) return;
    [this.lastShapes, this.lastNothing] = [shapes, nothing];
    this.updateStatus();
    this.notify();
  }

  updateStatus() {
    const { shape, selected } = this.sketch;
    const count = this.sketch.shapes.length;
    this.status.textContent = shape
      ? text("drawnOne", { number: selected + 1, label: shape.label, count })
      : text("drawnCount", { count });
  }

  /** Redraw at most once per animation frame. */
  redraw() {
    this.pendingFrame ??= requestAnimationFrame(() => {
      this.pendingFrame = undefined;
      this.renderer.draw();
      this.toolbar.draw();
    });
  }
}
