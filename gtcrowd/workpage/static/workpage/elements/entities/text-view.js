// A text with its spans underlined, each with a tag at its start; and the selection in it.

import { build } from "../build.js";
import { colourOf } from "../colours.js";
import { text } from "../texts.js";
import { lanes, stretches } from "./spans.js";

const LINE = 5; // pixels between lanes

export class TextView {
  /** `removed(index)` is called when the worker removes a tag. */
  constructor({ offsets, labels, removed }) {
    Object.assign(this, { offsets, labels, removed });
    this.element = build("div", {
      class: "passage",
      tabindex: "0",
      role: "application",
      dir: "auto",
      "aria-label": text("passage"),
    });
    this.caret = build("span", { class: "caret", "aria-hidden": "true", hidden: true });
  }

  draw(spans, selected) {
    const selection = this.selection();
    const lane = lanes(spans);
    this.runs = [];
    const parts = stretches(spans, this.offsets.length).flatMap(({ start, end, covering }) => {
      const run = build("span", { class: "run" }, this.offsets.slice(start, end));
      run.dataset.unit = this.offsets.unit(start);
      this.underline(run, covering, spans, lane, selected);
      this.runs.push(run);
      const starting = covering.filter((index) => spans[index].startOffset === start);
      return [...starting.map((index) => this.tag(spans[index], index, index === selected)), run];
    });
    this.element.style.lineHeight = `${2 + Math.max(0, ...lane) * 0.35}`;
    this.element.replaceChildren(...parts, this.caret);
    if (selection) this.choose(selection.anchor, selection.focus);
  }

  underline(run, covering, spans, lane, selected) {
    if (!covering.length) return;
    const line = (index) => {
      const colour = this.colour(spans[index].label);
      const thick = index === selected ? 4 : 3;
      return `linear-gradient(${colour}, ${colour}) 0 calc(100% - ${(Math.max(...covering.map((item) => lane[item])) - lane[index]) * LINE}px) / 100% ${thick}px no-repeat`;
    };
    run.style.background = covering.map(line).join(", ");
    run.style.paddingBottom = `${4 + Math.max(...covering.map((item) => lane[item])) * LINE}px`;
    run.classList.toggle("run-selected", covering.includes(selected));
  }

  tag(span, index, selected) {
    const labelOfSpan = this.labels.find((item) => item.label === span.label);
    const words = `${span.label}: ${this.offsets.slice(span.startOffset, span.endOffset)}`;
    const button = build(
      "button",
      {
        type: "button",
        tabindex: "-1",
        class: `tag${selected ? " tag-selected" : ""}`,
        title: words,
        "aria-label": `${text("remove")}: ${words}`,
      },
      labelOfSpan?.shortDisplayName || span.label,
      build("span", { class: "tag-remove", "aria-hidden": "true" }, "×"),
    );
    button.style.borderColor = this.colour(span.label);
    button.addEventListener("click", () => this.removed(index));
    return button;
  }

  colour(label) {
    return colourOf(
      Math.max(
        this.labels.findIndex((item) => item.label === label),
        0,
      ),
    );
  }

  // The selection, in UTF-16 units

  selection() {
    const chosen = document.getSelection();
    if (!chosen?.anchorNode || !this.element.contains(chosen.anchorNode) || !this.element.contains(chosen.focusNode))
      return null;
    return {
      anchor: this.unitOf(chosen.anchorNode, chosen.anchorOffset),
      focus: this.unitOf(chosen.focusNode, chosen.focusOffset),
    };
  }

  /** Offset of a DOM position in the text. */
  unitOf(node, offset) {
    const before = document.createRange();
    before.setStart(this.element, 0);
    before.setEnd(node, offset);
    let units = 0;
    for (const run of this.runs) {
      const words = run.firstChild;
      if (words === node) return Number(run.dataset.unit) + offset;
      if (before.comparePoint(words, words.length) === 0) units = Number(run.dataset.unit) + words.length;
    }
    return units;
  }

  choose(anchor, focus = anchor) {
    const [start, end] = [this.nodeOf(anchor), this.nodeOf(focus)];
    document.getSelection().setBaseAndExtent(...start, ...end);
    this.showCaret();
  }

  nodeOf(unit) {
    let result = this.runs[0];
    for (const run of this.runs) if (Number(run.dataset.unit) <= unit) result = run;
    const node = result?.firstChild;
    return node ? [node, Math.min(unit - Number(result.dataset.unit), node.length)] : [this.element, 0];
  }

  clear() {
    document.getSelection().removeAllRanges();
    this.showCaret();
  }

  /** Show a caret; browsers show none in read-only text. */
  showCaret() {
    const at = document.activeElement === this.element ? this.selection() : null;
    this.caret.hidden = !at;
    if (!at) return;
    const range = document.createRange();
    range.setStart(...this.nodeOf(at.focus));
    const box = range.getClientRects()[0] ?? range.getBoundingClientRect();
    const own = this.element.getBoundingClientRect();
    this.caret.style.transform = `translate(${box.left - own.left + this.element.scrollLeft}px, ${box.top - own.top + this.element.scrollTop}px)`;
    this.caret.style.height = `${box.height || 20}px`;
    this.caret.scrollIntoView({ block: "nearest" });
  }
}
