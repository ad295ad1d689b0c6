// A classifier with any number of categories.
//
// Attributes besides those of the classifier: value (a JSON list of the chosen categories; absent until the worker has
// chosen), exclusion-category ({text: "…"}): adds “none of these”, and then an empty answer is refused. Answer:
// {labels: ["…"]}, in the order of the categories.

import { readObject } from "./attributes.js";
import { Choices } from "./choices.js";
import { Classifier } from "./classifier.js";
import { text } from "./texts.js";

export class MultiSelectClassifier extends Classifier {
  /** The chosen categories. */
  get value() {
    return JSON.parse(this.getAttribute("value") ?? "[]");
  }

  set value(labels) {
    this.restore({ chosen: labels.map((label) => this.labels.indexOf(label)).filter((index) => index >= 0) });
  }

  get answer() {
    return this.withComment({ labels: this.value });
  }

  get isOffered() {
    return this.value.every((label) => this.labels.includes(label));
  }

  get problem() {
    return this.hasAttribute("exclusion-category") && !this.choices.chosen.length ? text("noneChosen") : null;
  }

  get draft() {
    return !this.hasAttribute("value") && !this.comment?.value
      ? null
      : { chosen: this.choices.chosen, comment: this.comment?.value };
  }

  restore({ chosen, comment }) {
    if (comment) this.comment?.restore(comment);
    this.choices.check(...chosen);
    this.onChoice();
  }

  createChoices() {
    const choices = new Choices({
      header: this.getAttribute("header") || text("chooseSeveral"),
      labels: this.labels,
      changed: () => this.onChoice(),
      multiple: true,
      exclusion: this.exclusion,
    });
    const chosen = this.value;
    for (const [index, label] of this.labels.entries()) choices.inputs[index].checked = chosen.includes(label);
    return choices;
  }

  get exclusion() {
    if (!this.hasAttribute("exclusion-category")) return undefined;
    return readObject(this.getAttribute("exclusion-category")).text || text("noneOfThese");
  }

  onChoice() {
    const chosen = this.choices.chosen.filter((index) => index < this.labels.length);
    this.setAttribute("value", JSON.stringify(chosen.map((index) => this.labels[index])));
    this.notify();
  }
}
