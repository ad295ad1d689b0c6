// <crowd-image-classifier>, <crowd-image-classifier-multi-select>: a picture, from the attribute `src`, and the
// categories beside it.

import { Classifier } from "./classifier.js";
import { Picture } from "./picture.js";
import { Several } from "./several.js";
import { text } from "./texts.js";

const withPicture = (Base) =>
  class extends Base {
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
  };

export const CrowdImageClassifier = withPicture(Classifier);
export const CrowdImageClassifierMultiSelect = withPicture(Several);
