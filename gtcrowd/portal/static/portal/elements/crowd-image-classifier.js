// <crowd-image-classifier>: a picture, from the attribute `src`, and the categories beside it.

import { Classifier } from "./classifier.js";
import { Picture } from "./picture.js";
import { text } from "./texts.js";

export class CrowdImageClassifier extends Classifier {
  connectedCallback() {
    super.connectedCallback();
    this.picture.start();
  }

  disconnectedCallback() {
    this.picture.stop();
  }

  get problem() {
    return this.picture.failed ? text("missing") : super.problem;
  }

  furnish() {
    this.picture = new Picture({ src: this.getAttribute("src") ?? "", alt: text("picture") });
    super.furnish();
    this.prepend(this.picture.element);
  }

  press(event) {
    return this.picture.press(event) || super.press(event);
  }
}
