// <worker-comment> inside a classifier: a comment field, collapsed until the worker opens it.
//
// Attributes: header, link-text, placeholder. The comment becomes part of the answer.

import { build } from "./build.js";
import { text } from "./texts.js";

const MAX_LENGTH = 2000;

export class Comment {
  /** `changed()` is called after every edit. */
  constructor(region, changed) {
    const header = region.getAttribute("header") || text("comment");
    this.field = build("textarea", {
      class: "field-control",
      rows: "3",
      maxlength: MAX_LENGTH,
      placeholder: region.getAttribute("placeholder") ?? undefined,
    });
    this.field.addEventListener("input", changed);
    const summary = build("summary", { class: "comment-link" }, region.getAttribute("link-text") || text("comment"));
    this.element = build(
      "details",
      { class: "comment" },
      summary,
      build("label", {}, build("span", { class: "field-label" }, header), this.field),
    );
    this.element.addEventListener("toggle", () => this.element.open && this.field.focus());
    region.remove();
  }

  get value() {
    return this.field.value.trim();
  }

  restore(value) {
    this.field.value = value;
    this.element.open = Boolean(value);
  }
}
