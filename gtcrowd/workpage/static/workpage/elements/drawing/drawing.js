// What all elements share in which a worker draws on a picture.
//
// Attributes: name, header, src, labels (a list), label-colors (a list), initial-value (what the element itself sends, or
// the list in it). Event: `crowd-change`, bubbling, after every step. Answer: the shapes under the type's name, the size of
// the picture, and with initial-value whether it was changed. A subclass says its type: one of TYPES.

import { readAny, readList } from "../attributes.js";
import { build } from "../build.js";
import { instructionsOf } from "../instructions.js";
import { text } from "../texts.js";
import { Board } from "./board.js";
import { Hand } from "./hand.js";
import { Keyboard } from "./keyboard.js";
import { Paint } from "./paint.js";
import { Panel } from "./panel.js";
import { Sketch } from "./sketch.js";
import { Toolbar } from "./toolbar.js";
import { TYPES } from "./types.js";

export class Drawing extends HTMLElement {
  static type;

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
    const answer = { [this.sketch.type.answer]: this.written(), inputImageProperties: { height, width } };
    if (this.hasAttribute("initial-value")) answer.initialValueModified = JSON.stringify(this.written()) !== this.initially;
    return answer;
  }

  get problem() {
    if (this.board.failed || !this.board.ready) return text("missing");
    if (this.sketch.draft) return text("unfinished");
    return this.sketch.settled ? null : text("nothingDrawn");
  }

  /** What its keys do, for the page's list of them. */
  get keys() {
    const manifold = this.sketch.type.most === Infinity ? [["C", "keyCorner"]] : [];
    return [
      ["← ↑ ↓ →", "keyCursor"], ["Enter", "keyPoint"], ["[ ]", "keyShapes"], ...manifold, ["N", "keyNew"], ["Delete", "keyRemove"],
      ["Ctrl + Z, Ctrl + Y", "keyUndo"], ["+ - .", "keyZoom"], ["M", "keyHand"], ["B", "keyNothing"],
    ];
  }

  get draft() {
    const { shapes, nothing } = this.sketch;
    return { shapes, nothing };
  }

  restore({ shapes, nothing }) {
    this.sketch.keep(shapes, { nothing });
  }

  written() {
    return this.sketch.shapes.map((shape) => this.sketch.type.write(shape));
  }

  furnish() {
    const labels = readList(this.getAttribute("labels") ?? "");
    const colours = readList(this.getAttribute("label-colors") ?? "");
    const type = this.constructor.type;
    const shapes = this.given(type);
    const known = [...new Set([...labels, ...shapes.map((shape) => shape.label)])];
    this.sketch = new Sketch({ type, labels: known, shapes, told: () => this.changed() });
    this.initially = JSON.stringify(this.written());
    const draws = {
      down: (at, event) => this.hand.down(at, event),
      move: (at, event) => this.hand.move(at, event),
      up: (at, event) => this.hand.up(at, event),
      hover: (at) => this.hand.hover(at),
      cancel: () => this.hand.cancel(),
      changed: () => this.redraw(),
    };
    this.board = new Board({ src: this.getAttribute("src") ?? "", alt: text("picture"), draws });
    this.hand = new Hand(this.sketch, this.board);
    this.keyboard = new Keyboard(this.sketch, this.board, this.hand, () => this.toolbar.toggleHand());
    this.paint = new Paint({ sketch: this.sketch, board: this.board, hand: this.hand, keyboard: this.keyboard, colours });
    this.panel = new Panel({ sketch: this.sketch, header: this.getAttribute("header") || text("chooseLabel"), colours });
    this.looks = { brightness: 100, contrast: 100 };
    this.toolbar = new Toolbar({ sketch: this.sketch, board: this.board, light: (name, value) => this.light(name, value), cross: this.paint.cross, opacity: this.paint.opacity * 100 });
    this.said = build("p", { class: "sr", "aria-live": "polite" });
    const easel = build("figure", { class: "picture drawing" }, this.board.element, this.toolbar.element, this.said);
    this.prepend(easel);
    this.append(build("div", { class: "side" }, this.panel.element, ...instructionsOf(this)));
    this.classList.add("ready");
    this.panel.draw();
  }

  /** The shapes in `initial-value`. */
  given(type) {
    const given = readAny(this.getAttribute("initial-value") ?? "") ?? [];
    const list = Array.isArray(given) ? given : (given[TYPES[type].answer] ?? []);
    return list.map((one) => TYPES[type].read(one));
  }

  /** Whether the key event meant this element. */
  press(event) {
    const onPicture = event.target === this.board.room || event.target === document.body;
    // Labels first: a label that is a single letter is its own key.
    return this.panel.palette.press(event, false) || this.keyboard.press(event, onPicture);
  }

  takeFocus() {
    this.board.room.focus({ preventScroll: true });
  }

  light(name, value) {
    if (name === "opacity") this.paint.opacity = value / 100;
    else if (name === "cross") this.paint.cross = value;
    else this.board.light((this.looks = { ...this.looks, [name]: value }));
    this.redraw();
  }

  changed() {
    this.redraw();
    this.panel.draw();
    const { shapes, nothing } = this.sketch;
    if (this.kept === shapes && this.empty === nothing) return;
    [this.kept, this.empty] = [shapes, nothing];
    this.say();
    this.dispatchEvent(new CustomEvent("crowd-change", { bubbles: true, detail: { name: this.name } }));
  }

  say() {
    const { shape, selected } = this.sketch;
    const count = this.sketch.shapes.length;
    this.said.textContent = shape ? text("drawnOne", { number: selected + 1, label: shape.label, count }) : text("drawnCount", { count });
  }

  /** Once a frame, however often it is asked for. */
  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.paint.draw();
      this.toolbar.draw();
    });
  }
}
