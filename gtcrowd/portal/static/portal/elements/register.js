// Which tag is which element. Importing this has no effect; calling it makes the elements live.

import { CrowdClassifier } from "./crowd-classifier.js";
import { CrowdForm } from "./crowd-form.js";
import { CrowdImageClassifier } from "./crowd-image-classifier.js";

// Inner elements first, so that a form finds them furnished.
const ELEMENTS = {
  "crowd-classifier": CrowdClassifier,
  "crowd-image-classifier": CrowdImageClassifier,
  "crowd-form": CrowdForm,
};

export function register(registry = window.customElements) {
  for (const [tag, element] of Object.entries(ELEMENTS)) {
    if (!registry.get(tag)) registry.define(tag, element);
  }
}
