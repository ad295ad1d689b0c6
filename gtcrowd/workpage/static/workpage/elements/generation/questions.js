// <crowd-question-answer-generation>: write questions about a text, with their answers, tags and the parts of the text
// that they refer to.
//
// Attributes: name, text, instructions, min-questions (1), max-questions, question-min-words (1), question-max-words,
// answer-min-words (1), answer-max-words, question-tags (a list), allow-custom-tags or allow-custom-question-tags,
// crowd-form-element-id (crowd-form.js). Answer: {questionsAndAnswers: [{question, answer, tags: ["…"], references:
// [{startOffset, endOffset, text}]}]}; offsets count Unicode code points of `text`.

import { readList } from "../attributes.js";
import { build } from "../build.js";
import { CrowdElement, keepChanges } from "../crowd-element.js";
import { Offsets } from "../entities/offsets.js";
import { instructionsOf } from "../instructions.js";
import { text } from "../texts.js";
import { Pair } from "./pair.js";

export class CrowdQuestionAnswerGeneration extends CrowdElement {
  connectedCallback() {
    if (this.pairs) return;
    this.offsets = new Offsets(this.getAttribute("text") ?? "");
    this.tags = readList(this.getAttribute("question-tags") ?? "");
    this.pairs = [];
    this.passage = this.createPassage();
    this.list = build("div", { class: "generation-pairs" });
    this.more = build("button", { type: "button", class: "button button-plain" }, text("addPair"));
    this.more.addEventListener("click", () => {
      this.add().takeFocus();
      this.changed();
    });
    const instructions = this.getAttribute("instructions");
    this.append(
      this.passage,
      build(
        "div",
        { class: "side" },
        ...(instructions ? [build("p", { class: "generation-text" }, instructions.replace(/\n\s+/g, "\n"))] : []),
        this.list,
        this.more,
        ...instructionsOf(this),
      ),
    );
    this.classList.add("ready");
    for (let count = 0; count < Math.max(this.limit("min-questions", 1), 1); count += 1) this.add();
  }

  /** The text in a field that takes no input: browsers let people select in a field with the keyboard, but not in one that is
   *  `readonly`. */
  createPassage() {
    const label = text("generationPassage");
    const passage = build("textarea", {
      class: "generation-passage",
      "aria-label": label,
      "aria-readonly": "true",
      inputmode: "none",
      dir: "auto",
      rows: 16,
    });
    const fill = () => (passage.value = this.offsets.text);
    passage.addEventListener("beforeinput", (event) => event.preventDefault());
    passage.addEventListener("input", fill); // composed input cannot be prevented
    keepChanges(passage);
    fill();
    passage.setSelectionRange(0, 0);
    return passage;
  }

  get name() {
    return this.getAttribute("name") ?? this.localName;
  }

  get answer() {
    return { questionsAndAnswers: this.written.map((pair) => pair.content) };
  }

  /** The pairs that are not empty. */
  get written() {
    return this.pairs.filter((pair) => !pair.isEmpty);
  }

  get problem() {
    const least = this.limit("min-questions", 1);
    if (this.written.length < least) return text("tooFewPairs", { count: least });
    for (const pair of this.written) if (pair.problem) return pair.problem;
    return null;
  }

  get draft() {
    return this.pairs.map((pair) => pair.content);
  }

  restore(contents) {
    while (this.pairs.length) this.remove(this.pairs[0]);
    for (const content of contents) this.add().restore(content);
  }

  reset() {
    this.restore([]);
    this.add();
    this.changed();
  }

  takeFocus() {
    (
      this.written.find((pair) => pair.problem) ??
      this.pairs.find((pair) => pair.isEmpty) ??
      this.pairs[0]
    )?.takeFocus();
  }

  /** Return the limit in an attribute, or `otherwise`. */
  limit(name, otherwise) {
    const number = Number.parseInt(this.getAttribute(name) ?? "", 10);
    return Number.isNaN(number) ? otherwise : number;
  }

  get customTags() {
    return ["allow-custom-tags", "allow-custom-question-tags"].some(
      (name) => this.hasAttribute(name) && this.getAttribute(name) !== "false",
    );
  }

  add() {
    const pair = new Pair({
      tags: this.tags,
      customTags: this.customTags,
      limits: Object.fromEntries(
        ["question", "answer"].map((part) => [
          part,
          [this.limit(`${part}-min-words`, 1), this.limit(`${part}-max-words`, Infinity)],
        ]),
      ),
      selection: () => this.selection(),
      changed: () => this.changed(),
      removed: (other) => {
        this.remove(other);
        this.changed();
        this.more.focus();
      },
    });
    this.pairs.push(pair);
    this.list.append(pair.element);
    this.number();
    return pair;
  }

  remove(pair) {
    this.pairs = this.pairs.filter((other) => other !== pair);
    pair.element.remove();
    this.number();
  }

  number() {
    this.pairs.forEach((pair, index) => pair.number(index + 1));
    this.more.disabled = this.pairs.length >= this.limit("max-questions", Infinity);
  }

  /** The selected part of the text: {startOffset, endOffset, text}, or null. */
  selection() {
    const { selectionStart, selectionEnd } = this.passage;
    const span = this.offsets.span(this.unit(selectionStart), this.unit(selectionEnd));
    return span && { ...span, text: this.offsets.slice(span.startOffset, span.endOffset) };
  }

  /** Convert an offset in the field, where every line end is one character, to one in the text. */
  unit(offset) {
    let [unit, passed] = [0, 0];
    for (; passed < offset; passed += 1) unit += this.offsets.text.startsWith("\r\n", unit) ? 2 : 1;
    return unit;
  }

  changed() {
    this.notify();
  }
}
