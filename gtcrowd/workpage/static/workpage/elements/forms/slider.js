// <crowd-slider>: a number within a range.
//
// Attributes besides those of a field: min, max, step, value, pin (show the number), editable (add a number field).

import { build } from "../build.js";
import { Field } from "./field.js";

export class CrowdSlider extends Field {
  createControl() {
    const at = (name, otherwise) => this.getAttribute(name) || otherwise;
    return build("input", {
      type: "range",
      min: at("min", "0"),
      max: at("max", "100"),
      step: at("step", "1"),
      class: "field-range",
    });
  }

  setUp() {
    super.setUp();
    const { min, max, step } = this.control;
    this.display = this.hasAttribute("editable")
      ? build("input", {
          type: "number",
          class: "field-control field-number",
          min,
          max,
          step,
          "aria-label": this.title,
        })
      : build("output", { class: "field-count", for: this.control.id });
    this.display.addEventListener("input", (event) => {
      event.stopPropagation();
      if (!this.display.checkValidity() || this.display.value === "") return;
      this.control.value = this.display.value;
      super.changed();
    });
    this.append(this.display);
    this.show();
  }

  applyAttribute(name) {
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
    if (this.display) this.display.value = this.control.value;
  }
}
