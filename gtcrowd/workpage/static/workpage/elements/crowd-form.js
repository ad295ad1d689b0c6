// <crowd-form>: collects the answers of the elements inside it and submits them with one event.
//
// Attribute: disabled (an answer is being sent). Event: `crowd-submit`, bubbling, detail {content}.
// Listens to keys on the whole document, so that the keyboard works after a click outside of the elements.

import { build } from "./build.js";
import { collect } from "./collect.js";
import { isSubmit, isTyping, keyOf, onKeys, keyLabel } from "./keys.js";
import { text } from "./texts.js";

const RESET = 'crowd-button[form-action="reset"], button[type="reset"], input[type="reset"]';
const REGIONS = "classification-target, short-instructions, full-instructions";
const SUBMIT = 'crowd-button[form-action="submit"], button[type="submit"], input[type="submit"]';

export class CrowdForm extends HTMLElement {
  static observedAttributes = ["disabled"];

  connectedCallback() {
    if (!this.alert) this.setUp();
    this.onKeydown = (event) => this.press(event) && event.preventDefault();
    this.ownerDocument.addEventListener("keydown", this.onKeydown);
  }

  disconnectedCallback() {
    this.ownerDocument.removeEventListener("keydown", this.onKeydown);
  }

  attributeChangedCallback() {
    this.toggleAttribute("inert", this.disabled);
    this.setAttribute("aria-busy", this.disabled);
  }

  get disabled() {
    return this.hasAttribute("disabled");
  }

  set disabled(disabled) {
    this.toggleAttribute("disabled", disabled);
  }

  get widgets() {
    return [...this.querySelectorAll("*")].filter((element) => "answer" in element);
  }

  /** Elements outside that name the form by its id belong to it; a form that only collects them may be hidden. */
  adoptElements() {
    if (!this.id) return;
    const linked = document.querySelectorAll(`[crowd-form-element-id="${CSS.escape(this.id)}"]`);
    if (linked.length) this.style.removeProperty("display");
    for (const element of linked) if (!this.contains(element)) this.append(element);
  }

  setUp() {
    this.adoptElements();
    this.alert = build("p", { class: "form-problem", role: "alert" });
    const end = build("div", { class: "form-end" }, this.alert);
    if (!this.querySelector(SUBMIT)) {
      const key = build("kbd", {}, keyLabel(keyOf("submit")));
      end.append(build("button", { type: "submit", class: "button" }, text("submit"), key));
      onKeys(() => (key.textContent = keyLabel(keyOf("submit"))));
    }
    this.append(end);
    this.addEventListener("click", (event) => {
      if (event.target.closest(SUBMIT)) this.submit(event);
      else if (event.target.closest(RESET)) this.reset();
    });
    this.addEventListener("crowd-change", () => this.showProblem(""));
  }

  /** Handle a key event. Returns whether it was meant for the form or an element in it. */
  press(event) {
    if (this.disabled) return false;
    if (isSubmit(event)) return this.submit(event) || true;
    if (isTyping(event.target)) return false;
    return this.widgets.some((widget) => widget.press?.(event));
  }

  submit(event) {
    event?.preventDefault();
    if (this.disabled) return;
    const incomplete = this.widgets.find((widget) => widget.problem);
    if (incomplete) {
      this.showProblem(incomplete.problem);
      incomplete.takeFocus?.();
      return;
    }
    const controls = this.controls();
    const invalid = controls.find((control) => !control.checkValidity());
    if (invalid) {
      this.showProblem(text("required", { name: invalid.labels?.[0]?.textContent.trim() || invalid.name }));
      invalid.focus();
      return;
    }
    this.showProblem("");
    // As in any form, a template may validate the input and cancel with `onsubmit`.
    if (!this.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }))) return;
    this.submitAnswer();
  }

  /** Some answers take a moment to encode; the form is disabled meanwhile. */
  async submitAnswer() {
    const slow = this.widgets.filter((widget) => widget.prepare);
    if (slow.length) {
      this.disabled = true;
      await Promise.all(slow.map((widget) => widget.prepare()));
      this.disabled = false;
    }
    const content = collect(this.controls(), this.widgets);
    this.dispatchEvent(new CustomEvent("crowd-submit", { bubbles: true, detail: { content } }));
  }

  /** The state that `restore` takes: drafts of the widgets and values of the controls, in document order. */
  get state() {
    const controls = this.controls().map((control) => [control.value, control.checked]);
    return { widgets: this.widgets.map((widget) => widget.draft ?? null), controls };
  }

  restore({ widgets = [], controls = [] }) {
    this.widgets.forEach(
      (widget, index) => widgets[index] !== null && widgets[index] !== undefined && widget.restore?.(widgets[index]),
    );
    this.controls().forEach((control, index) => {
      const [value, checked] = controls[index] ?? [];
      if (typeof value === "string" && control.type !== "file") control.value = value;
      if (typeof checked === "boolean") control.checked = checked;
    });
  }

  /** Reset everything that can be reset. */
  reset() {
    for (const widget of this.widgets) widget.reset?.();
    for (const control of this.controls()) {
      control.value = control.defaultValue ?? "";
      control.checked = control.defaultChecked;
    }
    this.showProblem("");
  }

  showProblem(sentence) {
    this.alert.textContent = sentence;
  }

  takeFocus() {
    const first = this.widgets.find((widget) => widget.hasAttribute("auto-focus")) ?? this.widgets[0];
    if (first) first.takeFocus?.();
    else this.controls()[0]?.focus();
  }

  /** The form itself: scripts of templates add content to `crowd-form.form`. */
  get form() {
    return this;
  }

  /** Native controls of the template: those outside of the elements, or in a region of one that the template fills. */
  controls() {
    const inside = new Set(this.widgets);
    return [...this.querySelectorAll("input, textarea, select")].filter((control) => {
      for (let node = control; node && node !== this && !node.matches(REGIONS); node = node.parentElement)
        if (inside.has(node)) return false;
      return !["submit", "button", "reset"].includes(control.type);
    });
  }
}
