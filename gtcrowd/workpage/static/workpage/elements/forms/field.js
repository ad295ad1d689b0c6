// Base of form fields. Each wraps a native control, so that labels, keys and screen readers work as usual; its children
// become the label where there is one.
//
// Attributes: name, disabled, required, auto-focus, error-message. Event: `crowd-change`, bubbling.

import { build } from "../build.js";
import { CrowdElement } from "../crowd-element.js";
import { text } from "../texts.js";

let count = 0;

export class Field extends CrowdElement {
  static observedAttributes = ["value", "checked", "disabled"];
  static settable = ["value"];

  connectedCallback() {
    if (this.control) return;
    this.control = this.createControl();
    this.control.id = `field-${++count}`;
    this.setUp();
    for (const name of this.constructor.observedAttributes) this.attributeChangedCallback(name);
    this.control.required = this.hasAttribute("required");
    this.control.addEventListener("input", () => this.changed());
    // Not in a prefetched page: the focus is in the current task. The form focuses its fields when it is shown.
    if (this.hasAttribute("auto-focus") && document.hasFocus())
      queueMicrotask(() => this.control.focus({ preventScroll: true }));
  }

  attributeChangedCallback(name) {
    if (!this.control) return;
    if (name === "disabled") this.control.disabled = this.hasAttribute("disabled");
    else this.applyAttribute(name);
  }

  /** Apply an attribute that sets the field's value. */
  applyAttribute(name) {
    if (name === "value") this.control.value = this.getAttribute("value") ?? "";
  }

  get name() {
    return this.getAttribute("name") ?? "";
  }

  get value() {
    return this.control ? this.control.value : (this.getAttribute("value") ?? "");
  }

  set value(value) {
    if (this.control) this.control.value = value;
    else this.setAttribute("value", value);
  }

  /** The field's part of the answer; undefined if empty. */
  get answer() {
    return this.name && this.value !== "" && !this.control.disabled ? this.value : undefined;
  }

  get draft() {
    return this.control.value;
  }

  restore(value) {
    this.control.value = value;
    this.changed();
  }

  /** Why the form cannot be submitted yet, or null. */
  get problem() {
    if (this.control.disabled || this.control.checkValidity()) return null;
    const own = this.getAttribute("error-message");
    return (
      own ||
      (this.control.validity.valueMissing ? text("required", { name: this.title }) : this.control.validationMessage)
    );
  }

  get title() {
    return this.getAttribute("label") || this.labelElement?.textContent.trim() || this.name;
  }

  takeFocus() {
    this.control.focus();
  }

  reset() {
    for (const name of ["value", "checked"]) this.applyAttribute(name);
    this.changed();
  }

  changed() {
    this.dispatchEvent(new CustomEvent("crowd-change", { bubbles: true, detail: { name: this.name } }));
  }

  /** Add the label from the attribute. */
  setUp() {
    const label = this.getAttribute("label");
    this.labelElement = build("label", { class: "field-label", for: this.control.id }, label ?? "");
    if (!label) this.control.setAttribute("aria-label", this.getAttribute("placeholder") || this.name);
    this.append(...(label ? [this.labelElement] : []), this.control);
  }
}
