// <crowd-classifier>: a text, or any other HTML in <classification-target>, and the categories beside it.

import { Classifier } from "./classifier.js";

export class CrowdClassifier extends Classifier {
  furnish() {
    super.furnish();
    const target = this.querySelector(":scope > classification-target");
    target?.setAttribute("tabindex", "0"); // so that a long text can be scrolled by keyboard
  }
}
