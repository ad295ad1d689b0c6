// A question with its answer, tags and references.

import { build } from "../build.js";
import { keepChanges } from "../crowd-element.js";
import { text } from "../texts.js";

const PARTS = ["question", "answer"];
let count = 0;

export class Pair {
  /** `limits`: least and most words of question and answer; `selection()`: the part of the text that is selected, or
   *  null; `changed()` is called after every step, `removed(pair)` when the worker deletes the pair. */
  constructor({ tags, customTags, limits, selection, changed, removed }) {
    Object.assign(this, { limits, selection, changed });
    this.references = [];
    this.fields = Object.fromEntries(PARTS.map((part) => [part, this.field()]));
    this.boxes = new Map();
    this.tagList = build("div", { class: "generation-tags" });
    for (const tag of tags) this.addTag(tag);
    this.referenceList = build("ul", { class: "generation-references", "aria-label": text("references") });
    this.legend = build("legend");
    this.hint = build("p", { class: "generation-hint", role: "status" });
    const cite = this.button("addReference", () => this.cite());
    this.element = build(
      "fieldset",
      { class: "choices generation-pair" },
      this.legend,
      ...PARTS.map((part) => this.labeled(text(part), this.fields[part])),
      ...(tags.length || customTags ? [build("p", { class: "field-label" }, text("tags")), this.tagList] : []),
      ...(customTags ? [this.customTag()] : []),
      this.referenceList,
      build(
        "div",
        { class: "row" },
        cite,
        this.button("removePair", () => removed(this)),
      ),
      this.hint,
    );
    keepChanges(this.element);
  }

  get content() {
    const [question, answer] = PARTS.map((part) => this.fields[part].value.trim());
    const tags = [...this.boxes].filter(([, box]) => box.checked).map(([tag]) => tag);
    return { question, answer, tags, references: this.references };
  }

  get isEmpty() {
    return PARTS.every((part) => !this.fields[part].value.trim()) && !this.references.length;
  }

  get problem() {
    for (const part of PARTS) {
      const words = this.content[part].split(/\s+/).filter(Boolean).length;
      const [least, most] = this.limits[part];
      const values = { name: text(part), number: this.position, least, most, words };
      if (words < least || words > most) return text(most === Infinity ? "wordsAtLeast" : "wordsBetween", values);
    }
    return null;
  }

  restore({ question = "", answer = "", tags = [], references = [] }) {
    this.fields.question.value = question;
    this.fields.answer.value = answer;
    for (const tag of tags) (this.boxes.get(tag) ?? this.addTag(tag)).checked = true;
    this.references = references;
    this.showReferences();
  }

  number(position) {
    this.position = position;
    this.legend.textContent = text("pair", { number: position });
  }

  takeFocus() {
    const part = PARTS.find((name) => !this.fields[name].value.trim()) ?? PARTS[0];
    this.fields[part].focus({ preventScroll: true });
  }

  field() {
    const field = build("textarea", { class: "field-control", rows: 2, id: `pair-${++count}` });
    field.addEventListener("input", () => this.changed());
    return field;
  }

  labeled(words, field) {
    return build("div", {}, build("label", { class: "field-label", for: field.id }, words), field);
  }

  button(name, action) {
    const button = build("button", { type: "button", class: "button button-plain" }, text(name));
    button.addEventListener("click", action);
    return button;
  }

  addTag(tag) {
    const box = build("input", { type: "checkbox" });
    box.addEventListener("change", () => this.changed());
    this.boxes.set(tag, box);
    this.tagList.append(build("label", { class: "choice" }, box, build("span", { class: "choice-label" }, tag)));
    return box;
  }

  customTag() {
    const field = build("input", { class: "field-control", id: `pair-${++count}`, maxlength: 100 });
    const add = this.button("addTag", () => {
      const tag = field.value.trim();
      if (!tag) return;
      (this.boxes.get(tag) ?? this.addTag(tag)).checked = true;
      field.value = "";
      this.changed();
    });
    return build("div", { class: "generation-row" }, this.labeled(text("customTag"), field), add);
  }

  /** Add the selected part of the text as a reference. */
  cite() {
    const reference = this.selection();
    this.hint.textContent = reference ? "" : text("selectFirst");
    if (!reference) return;
    const { startOffset, endOffset } = reference;
    if (!this.references.some((other) => other.startOffset === startOffset && other.endOffset === endOffset))
      this.references = [...this.references, reference];
    this.showReferences();
    this.changed();
  }

  showReferences() {
    this.referenceList.replaceChildren(
      ...this.references.map((reference) => {
        const label = `${text("remove")}: ${reference.text}`;
        const remove = build("button", { type: "button", class: "tool", "aria-label": label }, "×");
        remove.addEventListener("click", () => {
          this.references = this.references.filter((other) => other !== reference);
          this.showReferences();
          this.changed();
        });
        return build("li", {}, build("q", {}, reference.text), remove);
      }),
    );
  }
}
