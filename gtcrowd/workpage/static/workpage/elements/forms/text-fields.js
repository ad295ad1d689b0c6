// <crowd-input>, <crowd-text-area>: text fields.
//
// Attributes besides those of a field: label, placeholder, value, min-length, max-length, allowed-pattern (of a single
// character), auto-validate; type for the input; rows, max-rows and char-counter for the text area.

import { build } from "../build.js";
import { Field } from "./field.js";

class TextField extends Field {
  setUp() {
    super.setUp();
    const { control } = this;
    for (const [attribute, name] of [
      ["placeholder", "placeholder"],
      ["min-length", "minlength"],
      ["max-length", "maxlength"],
    ]) {
      if (this.hasAttribute(attribute)) control.setAttribute(name, this.getAttribute(attribute));
    }
    this.error = build("p", { class: "field-error", id: `${control.id}-wrong`, "aria-live": "polite" });
    control.setAttribute("aria-describedby", this.error.id);
    this.append(this.error);
    if (this.hasAttribute("allowed-pattern"))
      this.control.addEventListener("beforeinput", (event) => this.checkCharacters(event));
  }

  /** Allow only characters that match the pattern. */
  checkCharacters(event) {
    const pattern = new RegExp(`^(?:${this.getAttribute("allowed-pattern")})$`, "u");
    if (event.data && ![...event.data].every((character) => pattern.test(character))) event.preventDefault();
  }

  changed() {
    if (this.hasAttribute("auto-validate")) this.error.textContent = this.problem ?? "";
    super.changed();
  }
}

export class CrowdInput extends TextField {
  createControl() {
    return build("input", { type: this.getAttribute("type") || "text", class: "field-control", step: "any" });
  }

  get answer() {
    const number = this.control.type === "number" || this.control.type === "range";
    return number && this.value !== "" ? Number(this.value) : super.answer;
  }
}

export class CrowdTextArea extends TextField {
  createControl() {
    return build("textarea", { class: "field-control", rows: this.getAttribute("rows") || 3 });
  }

  setUp() {
    super.setUp();
    if (!this.hasAttribute("char-counter")) return;
    this.counter = build("output", { class: "field-count", for: this.control.id });
    this.append(this.counter);
    this.count();
  }

  applyAttribute(name) {
    super.applyAttribute(name);
    this.fitRows();
  }

  changed() {
    this.fitRows();
    this.count();
    super.changed();
  }

  /** Fit the rows to the text, up to `max-rows`. */
  fitRows() {
    const max = Number(this.getAttribute("max-rows")) || 0;
    const min = Number(this.getAttribute("rows")) || 3;
    if (max) this.control.rows = Math.min(Math.max(this.control.value.split("\n").length, min), max);
  }

  count() {
    if (!this.counter) return;
    const max = this.getAttribute("max-length");
    this.counter.value = max ? `${this.control.value.length} / ${max}` : `${this.control.value.length}`;
  }
}
