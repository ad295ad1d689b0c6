// <crowd-slider>: a number within a range, with <crowd-slider-label position="…"> as its scale.
//
// Attributes besides those of a field: min, max, step, value, pin (show the number), editable (add a number field).

import { build } from "../build.js";
import { Field } from "./field.js";

/** A text of a slider's scale; the slider places it. */
export class CrowdSliderLabel extends HTMLElement {}

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
    this.append(this.display, ...this.scale());
    this.show();
  }

  /** The texts of <crowd-slider-label position="…"> below their positions. */
  scale() {
    const labels = [...this.querySelectorAll(":scope > crowd-slider-label")];
    const { min, max } = this.control;
    for (const label of labels) {
      const position = (Number(label.getAttribute("position")) - min) / (max - min || 1);
      label.style.setProperty("--position", Math.min(Math.max(position, 0), 1));
    }
    return labels.length ? [build("div", { class: "field-scale" }, ...labels)] : [];
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
