// A group of categories to choose one from: native radio buttons, so that arrow keys, roles and labels are the
// browser's own; each with its key printed on it.

import { build } from "./build.js";
import { indexFor, keysFor } from "./keys.js";

let groups = 0;

/** Several short categories stand beside each other, so that all are seen at once. */
function areShort(labels) {
  return labels.length > 4 && labels.every((label) => label.length <= 12);
}

export class Choices {
  /** `changed(index)` is called whenever the worker chooses. */
  constructor({ header, labels, changed }) {
    this.labels = labels;
    this.keys = keysFor(labels);
    this.changed = changed;
    this.group = `choices-${++groups}`;
    this.inputs = labels.map((_label, index) => this.input(index));
    this.element = build(
      "fieldset",
      { class: "choices" },
      build("legend", {}, header),
      build("div", { class: `choices-list${areShort(labels) ? " choices-short" : ""}` }, ...labels.map((label, index) => this.option(label, index))),
    );
    this.element.addEventListener("change", () => this.changed(this.chosen));
  }

  get chosen() {
    return this.inputs.findIndex((input) => input.checked);
  }

  choose(index) {
    if (!this.inputs[index] || this.inputs[index].matches(":disabled")) return;
    this.inputs[index].checked = true;
    this.inputs[index].focus();
    this.changed(index);
  }

  /** Whether the key event picked a category. */
  press(event) {
    const index = indexFor(event, this.keys);
    if (index >= 0) this.choose(index);
    return index >= 0;
  }

  focus() {
    // The target is to be seen first: on a small screen the focus must not scroll it away.
    (this.inputs[this.chosen] ?? this.inputs[0])?.focus({ preventScroll: true });
  }

  input(index) {
    const key = this.keys[index];
    return build("input", { type: "radio", name: this.group, value: index, "aria-keyshortcuts": key });
  }

  option(label, index) {
    const key = this.keys[index];
    return build(
      "label",
      { class: "choice" },
      this.inputs[index],
      build("span", { class: "choice-label" }, label),
      ...(key ? [build("kbd", { "aria-hidden": "true" }, key.toUpperCase())] : []),
    );
  }
}
