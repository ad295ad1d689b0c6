// <crowd-slider>: a number between two others.
//
// Attributes besides a field's: min, max, step, value, pin (show the number), editable (a box to write it into).

import { build } from "../build.js";
import { Field } from "./field.js";

export class CrowdSlider extends Field {
  made() {
    const at = (name, otherwise) => this.getAttribute(name) || otherwise;
    return build("input", { type: "range", min: at("min", "0"), max: at("max", "100"), step: at("step", "1"), class: "field-range" });
  }

  furnish() {
    super.furnish();
    const { min, max, step } = this.control;
    this.shown = this.hasAttribute("editable")
      ? build("input", { type: "number", class: "field-control field-number", min, max, step, "aria-label": this.title })
      : build("output", { class: "field-count", for: this.control.id });
    this.shown.addEventListener("input", (event) => {
      event.stopPropagation();
      if (!this.shown.checkValidity() || this.shown.value === "") return;
      this.control.value = this.shown.value;
      super.changed();
    });
    this.append(this.shown);
    this.show();
  }

  taken(name) {
    if (name === "value") this.control.value = this.getAttribute("value") || this.control.min;
    this.show();
  }

  get answer() {
    return this.name ? Number(this.value) : undefined;
  }

  changed() {
    this.show();
    super.changed();
  }

  show() {
    if (this.shown) this.shown.value = this.control.value;
  }
}
