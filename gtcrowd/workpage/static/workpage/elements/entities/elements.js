// <crowd-entity-annotation>: spans of a text, each under a label.
//
// Attributes: name, header, text, labels (names, or objects {label, shortDisplayName, fullDisplayName}), initial-value (a
// list of spans). Event: `crowd-change`, bubbling, after every step. Answer: {entities: [{label, startOffset, endOffset}]} in
// the order of the text; offsets are in Unicode code points, the end exclusive.

import { readAny } from "../attributes.js";
import { build } from "../build.js";
import { Choices } from "../choices.js";
import { swatch } from "../colours.js";
import { History } from "../history.js";
import { instructionsOf } from "../instructions.js";
import { text } from "../texts.js";
import { added, ordered } from "./marks.js";
import { Offsets } from "./offsets.js";
import { TextPage } from "./page.js";

const MOVES = {
  ArrowLeft: ["left", "character"],
  ArrowRight: ["right", "character"],
  ArrowUp: ["backward", "line"],
  ArrowDown: ["forward", "line"],
  Home: ["backward", "lineboundary"],
  End: ["forward", "lineboundary"],
};

class CrowdEntityAnnotation extends HTMLElement {
  connectedCallback() {
    if (!this.page) this.furnish();
  }

  get name() {
    return this.getAttribute("name") ?? this.localName;
  }

  get marks() {
    return this.history.now.marks;
  }

  get answer() {
    const answer = { entities: this.marks };
    if (this.hasAttribute("initial-value")) answer.initialValueModified = JSON.stringify(this.marks) !== this.initially;
    return answer;
  }

  get keys() {
    return [
      ["← ↑ ↓ →", "keyText"], ["Enter", "keyMark"], ["[ ]", "keySpans"], ["Delete", "keyRemove"],
      ["Ctrl + Z, Ctrl + Y", "keyUndo"], ["B", "keyNothing"],
    ];
  }

  get draft() {
    return this.history.now;
  }

  restore({ marks, nothing }) {
    this.keep(marks, nothing);
  }

  get problem() {
    return this.marks.length || this.history.now.nothing ? null : text("nothingMarked");
  }

  furnish() {
    const labels = readAny(this.getAttribute("labels") ?? "") ?? [];
    this.labels = labels.map((one) => (typeof one === "object" && one !== null ? one : { label: String(one) }));
    this.offsets = new Offsets(this.getAttribute("text") ?? "");
    const marks = ordered(readAny(this.getAttribute("initial-value") ?? "") ?? []);
    this.history = new History({ marks, nothing: false });
    this.initially = JSON.stringify(marks);
    this.selected = -1;
    this.label = 0;
    this.page = new TextPage({ offsets: this.offsets, labels: this.labels, removed: (index) => this.remove(index) });
    this.append(build("div", { class: "passage-room" }, this.page.element), this.side());
    this.listen();
    this.classList.add("ready");
    this.draw();
  }

  side() {
    const names = this.labels.map((one) => one.fullDisplayName || one.label);
    this.palette = new Choices({ header: this.getAttribute("header") || text("chooseThenMark"), labels: names, changed: () => this.choose(this.palette.chosen[0]) });
    this.palette.inputs.forEach((input, place) => input.after(swatch(place)));
    if (this.palette.inputs[0]) this.palette.inputs[0].checked = true;
    this.apply = build("button", { type: "button", class: "button button-plain" }, text("mark"), build("kbd", {}, "↵"));
    this.apply.addEventListener("click", () => this.mark());
    this.undo = this.step("undo", "Ctrl Z", () => this.history.undo());
    this.redo = this.step("redo", "Ctrl Y", () => this.history.redo());
    this.none = build("input", { type: "checkbox" });
    this.none.addEventListener("change", () => this.keep(this.marks, this.none.checked));
    const nothing = build("label", { class: "choice" }, this.none, build("span", { class: "choice-label" }, text("nothing")), build("kbd", { "aria-hidden": "true" }, "B"));
    this.list = build("ol", { class: "marks", "aria-label": text("marked") });
    this.said = build("p", { class: "sr", "aria-live": "polite" });
    const tools = build("div", { class: "row" }, this.apply, this.undo, this.redo);
    return build("div", { class: "side" }, this.palette.element, tools, nothing, this.list, this.said, ...instructionsOf(this));
  }

  step(name, key, act) {
    const made = build("button", { type: "button", class: "button button-plain", title: `${text(name)} (${key})` }, text(name));
    made.addEventListener("click", () => this.back(act));
    return made;
  }

  listen() {
    const { element } = this.page;
    element.addEventListener("pointerup", (event) => {
      // By finger one sets the ends of a selection first, and marks it by the button.
      if (event.pointerType !== "touch") setTimeout(() => this.released());
    });
    for (const name of ["focus", "blur"]) element.addEventListener(name, () => this.page.showCaret());
    element.ownerDocument.addEventListener("selectionchange", () => this.page.showCaret());
  }

  released() {
    const chosen = this.page.selection();
    if (chosen && chosen.anchor !== chosen.focus) this.mark();
    else if (chosen) this.select(this.at(chosen.focus));
  }

  /** The shortest span at a place of the text, or -1. */
  at(unit) {
    const point = this.offsets.points(unit);
    const there = [...this.marks.keys()].filter((index) => this.marks[index].startOffset <= point && point < this.marks[index].endOffset);
    const length = (index) => this.marks[index].endOffset - this.marks[index].startOffset;
    return there.sort((one, other) => length(one) - length(other))[0] ?? -1;
  }

  choose(label) {
    this.label = label;
    const chosen = this.page.selection();
    if (chosen && chosen.anchor !== chosen.focus) this.mark();
    else if (this.selected >= 0) this.relabel();
  }

  /** Put what is selected under the label in hand. */
  mark() {
    const chosen = this.page.selection();
    const span = chosen && this.offsets.span(chosen.anchor, chosen.focus);
    if (!span || !this.labels.length) return;
    const mark = { label: this.labels[this.label].label, ...span };
    this.page.choose(Math.max(chosen.anchor, chosen.focus));
    this.keep(added(this.marks, mark));
    this.said.textContent = `${mark.label}: ${this.offsets.slice(mark.startOffset, mark.endOffset)}`;
  }

  relabel() {
    const { startOffset, endOffset } = this.marks[this.selected];
    const mark = { label: this.labels[this.label].label, startOffset, endOffset };
    const marks = added(this.marks.toSpliced(this.selected, 1), mark);
    this.selected = marks.indexOf(mark);
    this.keep(marks);
  }

  remove(index) {
    this.selected = -1;
    this.keep(this.marks.toSpliced(index, 1));
    this.page.element.focus({ preventScroll: true });
  }

  select(index) {
    this.selected = index;
    this.draw();
  }

  keep(marks, nothing = false) {
    this.history.push({ marks, nothing: nothing && !marks.length });
    this.changed();
  }

  back(act) {
    act();
    this.selected = -1;
    this.changed();
  }

  changed() {
    this.draw();
    this.dispatchEvent(new CustomEvent("crowd-change", { bubbles: true, detail: { name: this.name } }));
  }

  draw() {
    this.page.draw(this.marks, this.selected);
    this.none.checked = this.history.now.nothing;
    this.none.disabled = this.marks.length > 0;
    this.undo.disabled = !this.history.canUndo;
    this.redo.disabled = !this.history.canRedo;
    this.list.replaceChildren(...this.marks.map((mark, index) => this.row(mark, index)));
  }

  row(mark, index) {
    const words = this.offsets.slice(mark.startOffset, mark.endOffset);
    const place = this.labels.findIndex((one) => one.label === mark.label);
    const name = build("button", { type: "button", class: "mark-name", "aria-pressed": String(index === this.selected) }, swatch(Math.max(place, 0)), `${mark.label} `, build("span", { class: "mark-size" }, words));
    name.addEventListener("click", () => this.select(index === this.selected ? -1 : index));
    const cross = build("button", { type: "button", class: "tool mark-tool", title: text("remove"), "aria-label": `${text("remove")}: ${mark.label} ${words}` }, "×");
    cross.addEventListener("click", () => this.remove(index));
    return build("li", { class: `mark${index === this.selected ? " mark-selected" : ""}` }, name, cross);
  }

  /** Whether the key event meant this element. */
  press(event) {
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === "z") return this.back(() => (event.shiftKey ? this.history.redo() : this.history.undo())) ?? true;
    if (control && event.key.toLowerCase() === "y") return this.back(() => this.history.redo()) ?? true;
    const onText = event.target === this.page.element || event.target === document.body;
    if (onText && MOVES[event.key]) return this.move(event);
    if (control || event.altKey) return false;
    if (this.palette.press(event, false)) return true;
    if (event.key === "b" && !this.marks.length) return this.keep(this.marks, !this.history.now.nothing) ?? true;
    if (event.key === "[" || event.key === "]") return this.cycle(event.key === "]" ? 1 : -1);
    if (!onText) return false;
    if (event.key === "Enter") return this.mark() ?? true;
    if (event.key === "Escape" && (this.selected >= 0 || this.page.selection())) return this.drop();
    if ((event.key === "Delete" || event.key === "Backspace") && this.selected >= 0) return this.remove(this.selected) ?? true;
    return false;
  }

  /** The caret, or with Shift the end of the selection, to the next place; with Control by words. */
  move(event) {
    const [direction, by] = MOVES[event.key];
    if (!this.page.selection()) this.page.choose(0);
    const word = (event.ctrlKey || event.metaKey) && by === "character";
    document.getSelection().modify(event.shiftKey ? "extend" : "move", direction, word ? "word" : by);
    this.page.showCaret();
    return true;
  }

  cycle(step) {
    const n = this.marks.length;
    if (n) this.select((this.selected + step + (this.selected < 0 && step < 0 ? 1 : 0) + n) % n);
    return n > 0;
  }

  drop() {
    this.page.clear();
    this.select(-1);
    return true;
  }

  takeFocus() {
    this.page.element.focus({ preventScroll: true });
  }
}

export const ELEMENTS = { "crowd-entity-annotation": CrowdEntityAnnotation };
