// <crowd-form>: collects the answers of the elements inside it and hands them in by one event.
//
// Attribute: disabled (an answer is on its way). Event: `crowd-submit`, bubbling, detail {content}.
// Keys are listened to on the whole document: after a click into the void the keyboard still works.

import { build } from "./build.js";
import { gather } from "./gather.js";
import { isSubmit, isTyping, keyOf, onKeys, printed } from "./keys.js";
import { text } from "./texts.js";

const RESET = 'crowd-button[form-action="reset"], button[type="reset"], input[type="reset"]';
const SUBMIT = 'crowd-button[form-action="submit"], button[type="submit"], input[type="submit"]';

export class CrowdForm extends HTMLElement {
  static observedAttributes = ["disabled"];

  connectedCallback() {
    if (!this.alert) this.furnish();
    this.hear = (event) => this.press(event) && event.preventDefault();
    this.ownerDocument.addEventListener("keydown", this.hear);
  }

  disconnectedCallback() {
    this.ownerDocument.removeEventListener("keydown", this.hear);
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

  furnish() {
    this.alert = build("p", { class: "form-problem", role: "alert" });
    const end = build("div", { class: "form-end" }, this.alert);
    if (!this.querySelector(SUBMIT)) {
      const key = build("kbd", {}, printed(keyOf("submit")));
      end.append(build("button", { type: "submit", class: "button" }, text("submit"), key));
      onKeys(() => (key.textContent = printed(keyOf("submit"))));
    }
    this.append(end);
    this.addEventListener("click", (event) => {
      if (event.target.closest(SUBMIT)) this.submit(event);
      else if (event.target.closest(RESET)) this.reset();
    });
    this.addEventListener("crowd-change", () => this.say(""));
  }

  /** Whether the key event was meant for the form or something in it. */
  press(event) {
    if (this.disabled) return false;
    if (isSubmit(event)) return this.submit(event) || true;
    if (isTyping(event.target)) return false;
    return this.widgets.some((widget) => widget.press?.(event));
  }

  submit(event) {
    event?.preventDefault();
    if (this.disabled) return;
    const lacking = this.widgets.find((widget) => widget.problem);
    if (lacking) {
      this.say(lacking.problem);
      lacking.takeFocus?.();
      return;
    }
    const controls = this.controls();
    const invalid = controls.find((control) => !control.checkValidity());
    if (invalid) {
      this.say(text("required", { name: invalid.labels?.[0]?.textContent.trim() || invalid.name }));
      invalid.focus();
      return;
    }
    this.say("");
    // A template may look at what was filled in, and stop it: by `onsubmit`, as in any form.
    if (!this.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }))) return;
    this.gathered();
  }

  /** Some answers take a moment to be made; the form is shut meanwhile. */
  async gathered() {
    const slow = this.widgets.filter((widget) => widget.prepare);
    if (slow.length) {
      this.disabled = true;
      await Promise.all(slow.map((widget) => widget.prepare()));
      this.disabled = false;
    }
    const content = gather(this.controls(), this.widgets);
    this.dispatchEvent(new CustomEvent("crowd-submit", { bubbles: true, detail: { content } }));
  }

  /** What has been filled in so far, as it can be put back by `restore`: by name, and by place among those of a name. */
  get state() {
    const controls = this.controls().map((control) => [control.value, control.checked]);
    return { widgets: this.widgets.map((widget) => widget.draft ?? null), controls };
  }

  restore({ widgets = [], controls = [] }) {
    this.widgets.forEach((widget, place) => widgets[place] !== null && widgets[place] !== undefined && widget.restore?.(widgets[place]));
    this.controls().forEach((control, place) => {
      const [value, checked] = controls[place] ?? [];
      if (typeof value === "string" && control.type !== "file") control.value = value;
      if (typeof checked === "boolean") control.checked = checked;
    });
  }

  /** Everything as it was at first, where it can be. */
  reset() {
    for (const widget of this.widgets) widget.reset?.();
    for (const control of this.controls()) {
      control.value = control.defaultValue ?? "";
      control.checked = control.defaultChecked;
    }
    this.say("");
  }

  say(sentence) {
    this.alert.textContent = sentence;
  }

  takeFocus() {
    const first = this.widgets.find((widget) => widget.hasAttribute("auto-focus")) ?? this.widgets[0];
    if (first) first.takeFocus?.();
    else this.controls()[0]?.focus();
  }

  /** Plain controls that a template put in by itself. */
  controls() {
    const inside = new Set(this.widgets);
    return [...this.querySelectorAll("input, textarea, select")].filter((one) => {
      for (let up = one; up && up !== this; up = up.parentElement) if (inside.has(up)) return false;
      return !["submit", "button", "reset"].includes(one.type);
    });
  }
}
