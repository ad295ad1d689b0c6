// A group of categories: native radio buttons or checkboxes, so that arrow keys, roles and labels come from the
// browser. Each shows its key.

import { build } from "./build.js";
import { indexFor, keysFor, onKeys } from "./keys.js";

let groups = 0;

/** Whether the categories are short enough to be shown in columns. */
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
    this.element.addEventListener("change", (event) => {
      event.stopPropagation(); // the element around announces the choice
      this.settle(this.inputs.indexOf(event.target));
    });
  }

  /** Indexes of the chosen categories, in order; “none of these” has the number of categories as index. */
  get chosen() {
    return [...this.inputs.keys()].filter((index) => this.inputs[index].checked);
  }

  /** Choose a category; with checkboxes, choosing it again clears it. `focus`: also focus it. */
  choose(index, focus = true) {
    const input = this.inputs[index];
    if (!input || input.matches(":disabled")) return;
    input.checked = this.type === "radio" || !input.checked;
    if (focus) input.focus();
    this.settle(index);
  }

  /** Check exactly these. */
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

  /** Handle a key event. Returns whether it chose a category. */
  press(event, focus = true) {
    const index = indexFor(event, this.keys);
    if (index >= 0) this.choose(index, focus);
    return index >= 0;
  }

  focus() {
    // On a small screen the focus must not scroll the target out of view.
    (this.inputs[this.chosen[0]] ?? this.inputs[0])?.focus({ preventScroll: true });
  }

  /** Show changed keys. */
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
