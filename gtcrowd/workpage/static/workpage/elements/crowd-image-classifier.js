// <crowd-image-classifier>, <crowd-image-classifier-multi-select>: a picture, from the attribute `src`, with the
// categories beside it. The attribute `overlay` draws existing labels over it, to be verified.

import { Classifier } from "./classifier.js";
import { overlayIn } from "./overlay.js";
import { Picture } from "./picture.js";
import { MultiSelectClassifier } from "./multi-select.js";
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
      return this.picture.failed ? this.picture.loading.problem : super.problem;
    }

    setUp() {
      this.overlay = overlayIn(this.getAttribute("overlay"));
      this.picture = new Picture({ src: this.getAttribute("src") ?? "", alt: text("picture"), overlay: this.overlay });
      super.setUp();
      this.prepend(this.picture.element);
    }

    extras() {
      return this.overlay ? [this.overlay.legend] : [];
    }

    get keys() {
      return this.overlay ? [["H", "keyOverlay"]] : [];
    }

    press(event) {
      // Categories come before the overlay: a single-letter category uses that letter as its key.
      return this.picture.press(event) || super.press(event) || Boolean(this.overlay?.press(event));
    }
  };

export const CrowdImageClassifier = withPicture(Classifier);
export const CrowdImageClassifierMultiSelect = withPicture(MultiSelectClassifier);
