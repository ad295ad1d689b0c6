// <crowd-entity-annotation>: labeled spans of a text.
//
// Attributes: name, header, text, labels (names, or objects {label, shortDisplayName, fullDisplayName}), initial-value
// (a list of spans). Event: `crowd-change`, bubbling, after every step. Answer: {entities: [{label, startOffset,
// endOffset}]} in text order; offsets count Unicode code points, the end is exclusive.

import { readAny } from "../attributes.js";
import { build } from "../build.js";
import { Choices } from "../choices.js";
import { swatch } from "../colours.js";
import { CrowdElement, keepChanges } from "../crowd-element.js";
import { History } from "../history.js";
import { instructionsOf } from "../instructions.js";
import { text } from "../texts.js";
import { withSpan, inOrder } from "./spans.js";
import { Offsets } from "./offsets.js";
import { TextView } from "./text-view.js";

const MOVES = {
  ArrowLeft: ["left", "character"],
  ArrowRight: ["right", "character"],
  ArrowUp: ["backward", "line"],
  ArrowDown: ["forward", "line"],
  Home: ["backward", "lineboundary"],
  End: ["forward", "lineboundary"],
};

class CrowdEntityAnnotation extends CrowdElement {
  connectedCallback() {
    if (!this.view) this.setUp();
  }

  get name() {
    return this.getAttribute("name") ?? this.localName;
  }

  get spans() {
    return this.history.now.spans;
  }

  get answer() {
    const answer = { entities: this.spans };
    if (this.hasAttribute("initial-value"))
      answer.initialValueModified = JSON.stringify(this.spans) !== this.initialAnswer;
    return answer;
  }

  get keys() {
    return [
      ["← ↑ ↓ →", "keyText"],
      ["Enter", "keyMark"],
      ["[ ]", "keySpans"],
      ["Delete", "keyRemove"],
      ["Ctrl + Z, Ctrl + Y", "keyUndo"],
      ["B", "keyNothing"],
    ];
  }

  // Stored drafts name the spans `marks`.
  get draft() {
    return { marks: this.spans, nothing: this.history.now.nothing };
  }

  restore({ marks: spans, nothing }) {
    this.commit(spans, nothing);
  }

  get problem() {
    return this.spans.length || this.history.now.nothing ? null : text("nothingMarked");
  }

  setUp() {
    const labels = readAny(this.getAttribute("labels") ?? "") ?? [];
    this.labels = labels.map((item) => (typeof item === "object" && item !== null ? item : { label: String(item) }));
    this.offsets = new Offsets(this.getAttribute("text") ?? "");
    const spans = inOrder(readAny(this.getAttribute("initial-value") ?? "") ?? []);
    this.history = new History({ spans, nothing: false });
    this.initialAnswer = JSON.stringify(spans);
    this.selected = -1;
    this.label = 0;
    this.view = new TextView({ offsets: this.offsets, labels: this.labels, removed: (index) => this.remove(index) });
    this.append(build("div", { class: "passage-viewport" }, this.view.element), this.side());
    this.listen();
    this.classList.add("ready");
    this.draw();
  }

  side() {
    const names = this.labels.map((item) => item.fullDisplayName || item.label);
    this.palette = new Choices({
      header: this.getAttribute("header") || text("chooseThenMark"),
      labels: names,
      changed: () => this.choose(this.palette.chosen[0]),
    });
    this.palette.inputs.forEach((input, labelIndex) => input.after(swatch(labelIndex)));
    if (this.palette.inputs[0]) this.palette.inputs[0].checked = true;
    this.apply = build("button", { type: "button", class: "button button-plain" }, text("mark"), build("kbd", {}, "↵"));
    this.apply.addEventListener("click", () => this.annotate());
    this.undo = this.step("undo", "Ctrl Z", () => this.history.undo());
    this.redo = this.step("redo", "Ctrl Y", () => this.history.redo());
    this.nothingBox = build("input", { type: "checkbox" });
    keepChanges(this.nothingBox);
    this.nothingBox.addEventListener("change", () => this.commit(this.spans, this.nothingBox.checked));
    const nothing = build(
      "label",
      { class: "choice" },
      this.nothingBox,
      build("span", { class: "choice-label" }, text("nothing")),
      build("kbd", { "aria-hidden": "true" }, "B"),
    );
    this.list = build("ol", { class: "annotations", "aria-label": text("marked") });
    this.status = build("p", { class: "visually-hidden", "aria-live": "polite" });
    const tools = build("div", { class: "row" }, this.apply, this.undo, this.redo);
    return build(
      "div",
      { class: "side" },
      this.palette.element,
      tools,
      nothing,
      this.list,
      this.status,
      ...instructionsOf(this),
    );
  }

  step(name, key, action) {
    const button = build(
      "button",
      { type: "button", class: "button button-plain", title: `${text(name)} (${key})` },
      text(name),
    );
    button.addEventListener("click", () => this.travel(action));
    return button;
  }

  listen() {
    const { element } = this.view;
    element.addEventListener("pointerup", (event) => {
      // On touch screens the selection is adjusted first and annotated with the button.
      if (event.pointerType !== "touch") setTimeout(() => this.released());
    });
    for (const name of ["focus", "blur"]) element.addEventListener(name, () => this.view.showCaret());
    element.ownerDocument.addEventListener("selectionchange", () => this.view.showCaret());
  }

  released() {
    const chosen = this.view.selection();
    if (chosen && chosen.anchor !== chosen.focus) this.annotate();
    else if (chosen) this.select(this.at(chosen.focus));
  }

  /** Index of the shortest span at an offset, or -1. */
  at(unit) {
    const point = this.offsets.points(unit);
    const there = [...this.spans.keys()].filter(
      (index) => this.spans[index].startOffset <= point && point < this.spans[index].endOffset,
    );
    const length = (index) => this.spans[index].endOffset - this.spans[index].startOffset;
    return there.toSorted((item, other) => length(item) - length(other))[0] ?? -1;
  }

  choose(label) {
    this.label = label;
    const chosen = this.view.selection();
    if (chosen && chosen.anchor !== chosen.focus) this.annotate();
    else if (this.selected >= 0) this.relabel();
  }

  /** Annotate the selection with the current label. */
  annotate() {
    const selection = this.view.selection();
    const range = selection && this.offsets.span(selection.anchor, selection.focus);
    if (!range || !this.labels.length) return;
    const span = { label: this.labels[this.label].label, ...range };
    this.view.choose(Math.max(selection.anchor, selection.focus));
    this.commit(withSpan(this.spans, span));
    this.status.textContent = `${span.label}: ${this.offsets.slice(span.startOffset, span.endOffset)}`;
  }

  relabel() {
    const { startOffset, endOffset } = this.spans[this.selected];
    const span = { label: this.labels[this.label].label, startOffset, endOffset };
    const spans = withSpan(this.spans.toSpliced(this.selected, 1), span);
    this.selected = spans.indexOf(span);
    this.commit(spans);
  }

  remove(index) {
    this.selected = -1;
    this.commit(this.spans.toSpliced(index, 1));
    this.view.element.focus({ preventScroll: true });
  }

  select(index) {
    this.selected = index;
    this.draw();
  }

  commit(spans, nothing = false) {
    this.history.push({ spans, nothing: nothing && !spans.length });
    this.changed();
  }

  travel(action) {
    action();
    this.selected = -1;
    this.changed();
  }

  changed() {
    this.draw();
    this.notify();
  }

  draw() {
    this.view.draw(this.spans, this.selected);
    this.nothingBox.checked = this.history.now.nothing;
    this.nothingBox.disabled = this.spans.length > 0;
    this.undo.disabled = !this.history.canUndo;
    this.redo.disabled = !this.history.canRedo;
    this.list.replaceChildren(...this.spans.map((span, index) => this.row(span, index)));
  }

  row(span, index) {
    const words = this.offsets.slice(span.startOffset, span.endOffset);
    const labelIndex = this.labels.findIndex((item) => item.label === span.label);
    const name = build(
      "button",
      { type: "button", class: "annotation-name", "aria-pressed": String(index === this.selected) },
      swatch(Math.max(labelIndex, 0)),
      `${span.label} `,
      build("span", { class: "annotation-size" }, words),
    );
    name.addEventListener("click", () => this.select(index === this.selected ? -1 : index));
    const cross = build(
      "button",
      {
        type: "button",
        class: "tool annotation-tool",
        title: text("remove"),
        "aria-label": `${text("remove")}: ${span.label} ${words}`,
      },
      "×",
    );
    cross.addEventListener("click", () => this.remove(index));
    return build("li", { class: `annotation${index === this.selected ? " span-selected" : ""}` }, name, cross);
  }

  /** Handle a key event. Returns whether it was meant for this element. */
  press(event) {
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === "z")
      return this.travel(() => (event.shiftKey ? this.history.redo() : this.history.undo())) ?? true;
    if (control && event.key.toLowerCase() === "y") return this.travel(() => this.history.redo()) ?? true;
    const onText = event.target === this.view.element || event.target === document.body;
    if (onText && MOVES[event.key]) return this.move(event);
    if (control || event.altKey) return false;
    if (this.palette.press(event, false)) return true;
    if (event.key === "b" && !this.spans.length) return this.commit(this.spans, !this.history.now.nothing) ?? true;
    if (event.key === "[" || event.key === "]") return this.cycle(event.key === "]" ? 1 : -1);
    if (!onText) return false;
    if (event.key === "Enter") return this.annotate() ?? true;
    if (event.key === "Escape" && (this.selected >= 0 || this.view.selection())) return this.clearSelection();
    if ((event.key === "Delete" || event.key === "Backspace") && this.selected >= 0)
      return this.remove(this.selected) ?? true;
    return false;
  }

  /** Move the caret, or with Shift the end of the selection; with Control by words. */
  move(event) {
    const [direction, by] = MOVES[event.key];
    if (!this.view.selection()) this.view.choose(0);
    const word = (event.ctrlKey || event.metaKey) && by === "character";
    document.getSelection().modify(event.shiftKey ? "extend" : "move", direction, word ? "word" : by);
    this.view.showCaret();
    return true;
  }

  cycle(step) {
    const n = this.spans.length;
    if (n) this.select((this.selected + step + (this.selected < 0 && step < 0 ? 1 : 0) + n) % n);
    return n > 0;
  }

  clearSelection() {
    this.view.clear();
    this.select(-1);
    return true;
  }

  takeFocus() {
    this.view.element.focus({ preventScroll: true });
  }
}

export const ELEMENTS = { "crowd-entity-annotation": CrowdEntityAnnotation };
