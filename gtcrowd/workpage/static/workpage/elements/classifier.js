// Base of the classifiers: categories beside a target, one of which is the answer.
//
// Attributes: name, header, categories (a list), value (the chosen category; the element's state).
// Events: `crowd-change` and `change`, bubbling, whenever the worker chooses.
// Region: <worker-comment>. Answer: {label: "…"}, and workerComment if there is a comment.

import { readList } from "./attributes.js";
import { build } from "./build.js";
import { Choices } from "./choices.js";
import { Comment } from "./comment.js";
import { CrowdElement } from "./crowd-element.js";
import { instructionsOf } from "./instructions.js";
import { text } from "./texts.js";

export class Classifier extends CrowdElement {
  static settable = ["categories"];

  connectedCallback() {
    if (!this.choices) this.setUp();
  }

  get name() {
    return this.getAttribute("name") ?? this.localName;
  }

  get value() {
    return this.getAttribute("value");
  }

  set value(value) {
    this.restore(this.comment ? { value, comment: this.comment.value } : value);
  }

  get categories() {
    return this.labels ?? readList(this.getAttribute("categories") ?? "");
  }

  /** Offer other categories; one that is among them stays chosen. */
  set categories(categories) {
    this.setAttribute("categories", JSON.stringify(categories));
    if (!this.choices) return;
    this.labels = readList(this.getAttribute("categories"));
    if (!this.isOffered) this.removeAttribute("value");
    const { element } = this.choices;
    this.choices = this.createChoices();
    element.replaceWith(this.choices.element);
  }

  get isOffered() {
    return this.labels.includes(this.value);
  }

  get answer() {
    return this.withComment({ label: this.value });
  }

  /** Add the comment to an answer, if there is one. */
  withComment(answer) {
    return this.comment?.value ? { ...answer, workerComment: this.comment.value } : answer;
  }

  /** Why the answer cannot be submitted yet, or null. */
  get problem() {
    return this.value === null ? text("nothingChosen") : null;
  }

  get draft() {
    return this.comment ? { value: this.value, comment: this.comment.value } : this.value;
  }

  restore(draft) {
    const { value, comment } = this.comment ? draft : { value: draft };
    if (comment) this.comment.restore(comment);
    if (value === null) return;
    this.setAttribute("value", value);
    this.choices.check(this.labels.indexOf(value));
  }

  setUp() {
    this.labels = readList(this.getAttribute("categories") ?? "");
    this.choices = this.createChoices();
    const region = this.querySelector(":scope > worker-comment");
    this.comment = region && new Comment(region, () => this.notify());
    const comment = this.comment ? [this.comment.element] : [];
    this.append(
      build("div", { class: "side" }, this.choices.element, ...comment, ...this.extras(), ...instructionsOf(this)),
    );
    this.classList.add("ready");
  }

  /** Further content beside the target. */
  extras() {
    return [];
  }

  /** The group of choices with the current value checked. */
  createChoices() {
    const header = this.getAttribute("header") || text("choose");
    const choices = new Choices({ header, labels: this.labels, changed: () => this.onChoice() });
    if (this.labels.includes(this.value)) choices.inputs[this.labels.indexOf(this.value)].checked = true;
    return choices;
  }

  /** Handle a key event. Returns whether it was meant for this element. */
  press(event) {
    return this.choices.press(event);
  }

  takeFocus() {
    this.choices.focus();
  }

  onChoice() {
    this.setAttribute("value", this.labels[this.choices.chosen[0]]);
    this.notify();
  }
}
