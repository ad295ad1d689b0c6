// A group of categories to choose one from, or any number: native radio buttons or checkboxes, so that arrow keys, roles
// and labels are the browser's own; each with its key printed on it.

import { build } from "./build.js";
import { indexFor, keysFor, onKeys } from "./keys.js";

let groups = 0;

/** Several short categories stand beside each other, so that all are seen at once. */
function areShort(labels) {
  return labels.length > 4 && labels.every((label) => label.length <= 12);
}

export class Choices {
  /** `changed()` is called whenever the worker chooses. With `several`, any number can be chosen; `exclusion` is
   *  then the words for "none of these", which excludes all others, or undefined for no such choice. */
  constructor({ header, labels, changed, multiple = false, exclusion }) {
    this.labels = exclusion === undefined ? labels : [...labels, exclusion];
    this.exclusionIndex = exclusion === undefined ? -1 : labels.length;
    this.type = multiple ? "checkbox" : "radio";
    this.keys = keysFor(this.labels);
    this.changed = changed;
    this.group = `choices-${++groups}`;
    this.inputs = this.labels.map((_label, index) => this.input(index));
    this.element = build(
      "fieldset",
      { class: "choices" },
      build("legend", {}, header),
      build(
        "div",
        { class: `choices-list${areShort(this.labels) ? " choices-short" : ""}` },
        ...this.labels.map((label, index) => this.option(label, index)),
      ),
    );
    onKeys(() => this.updateKeys());
    this.element.addEventListener("change", (event) => this.settle(this.inputs.indexOf(event.target)));
  }

  /** Places of what is chosen, in order; the one for "none of these" is the number of categories. */
  get chosen() {
    return [...this.inputs.keys()].filter((index) => this.inputs[index].checked);
  }

  /** Choose one; where several can be chosen, undo it the second time. With `focus`, the keyboard goes there. */
  choose(index, focus = true) {
    const input = this.inputs[index];
    if (!input || input.matches(":disabled")) return;
    input.checked = this.type === "radio" || !input.checked;
    if (focus) input.focus();
    this.settle(index);
  }

  /** Have these chosen and no others. */
  check(...positions) {
    for (const [position, input] of this.inputs.entries()) input.checked = positions.includes(position);
  }

  settle(index) {
    const isChecked = this.exclusionIndex >= 0 && this.inputs[index].checked;
    if (isChecked)
      for (const [position, input] of this.inputs.entries())
        input.checked &&= (position === this.exclusionIndex) === (index === this.exclusionIndex);
    this.changed();
  }

  /** Whether the key event picked a category. */
  press(event, focus = true) {
    const index = indexFor(event, this.keys);
    if (index >= 0) this.choose(index, focus);
    return index >= 0;
  }

  focus() {
    // The target is to be seen first: on a small screen the focus must not scroll it away.
    (this.inputs[this.chosen[0]] ?? this.inputs[0])?.focus({ preventScroll: true });
  }

  /** The worker has chosen other keys. */
  updateKeys() {
    this.keys = keysFor(this.labels);
    for (const [index, input] of this.inputs.entries()) {
      const key = this.keys[index];
      if (!key) continue;
      input.setAttribute("aria-keyshortcuts", key);
      input.closest("label").querySelector("kbd").textContent = key.toUpperCase();
    }
  }

  input(index) {
    const key = this.keys[index];
    return build("input", { type: this.type, name: this.group, value: index, "aria-keyshortcuts": key });
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
