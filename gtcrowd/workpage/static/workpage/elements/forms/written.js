// <crowd-input>, <crowd-text-area>: what a worker writes.
//
// Attributes besides a field's: label, placeholder, value, min-length, max-length, allowed-pattern (of a single character),
// auto-validate; type for the one, rows, max-rows and char-counter for the other.

import { build } from "../build.js";
import { Field } from "./field.js";

class Written extends Field {
  furnish() {
    super.furnish();
    const { control } = this;
    for (const [given, name] of [["placeholder", "placeholder"], ["min-length", "minlength"], ["max-length", "maxlength"]]) {
      if (this.hasAttribute(given)) control.setAttribute(name, this.getAttribute(given));
    }
    this.wrong = build("p", { class: "field-wrong", id: `${control.id}-wrong`, "aria-live": "polite" });
    control.setAttribute("aria-describedby", this.wrong.id);
    this.append(this.wrong);
    if (this.hasAttribute("allowed-pattern")) this.control.addEventListener("beforeinput", (event) => this.allow(event));
  }

  /** Let in only characters that the pattern knows. */
  allow(event) {
    const pattern = new RegExp(`^(?:${this.getAttribute("allowed-pattern")})$`, "u");
    if (event.data && ![...event.data].every((character) => pattern.test(character))) event.preventDefault();
  }

  changed() {
    if (this.hasAttribute("auto-validate")) this.wrong.textContent = this.problem ?? "";
    super.changed();
  }
}

export class CrowdInput extends Written {
  made() {
    return build("input", { type: this.getAttribute("type") || "text", class: "field-control", step: "any" });
  }

  get answer() {
    const number = this.control.type === "number" || this.control.type === "range";
    return number && this.value !== "" ? Number(this.value) : super.answer;
  }
}

export class CrowdTextArea extends Written {
  made() {
    return build("textarea", { class: "field-control", rows: this.getAttribute("rows") || 3 });
  }

  furnish() {
    super.furnish();
    if (!this.hasAttribute("char-counter")) return;
    this.counter = build("output", { class: "field-count", for: this.control.id });
    this.append(this.counter);
    this.count();
  }

  taken(name) {
    super.taken(name);
    this.fitted();
  }

  changed() {
    this.fitted();
    this.count();
    super.changed();
  }

  /** As high as what is in it, up to `max-rows`. */
  fitted() {
    const most = Number(this.getAttribute("max-rows")) || 0;
    const least = Number(this.getAttribute("rows")) || 3;
    if (most) this.control.rows = Math.min(Math.max(this.control.value.split("\n").length, least), most);
  }

  count() {
    if (!this.counter) return;
    const most = this.getAttribute("max-length");
    this.counter.value = most ? `${this.control.value.length} / ${most}` : `${this.control.value.length}`;
  }
}
