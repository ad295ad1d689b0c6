// Which tag is which element. Importing this has no effect; calling it makes the elements live.

import { CrowdClassifier, CrowdClassifierMultiSelect } from "./crowd-classifier.js";
import { CrowdForm } from "./crowd-form.js";
import { CrowdImageClassifier, CrowdImageClassifierMultiSelect } from "./crowd-image-classifier.js";

// Inner elements first, so that a form finds them furnished.
const ELEMENTS = {
  "crowd-classifier": CrowdClassifier,
  "crowd-classifier-multi-select": CrowdClassifierMultiSelect,
  "crowd-image-classifier": CrowdImageClassifier,
  "crowd-image-classifier-multi-select": CrowdImageClassifierMultiSelect,
  "crowd-form": CrowdForm,
};

export function register(registry = window.customElements) {
  for (const [tag, element] of Object.entries(ELEMENTS)) {
    if (!registry.get(tag)) registry.define(tag, element);
  }
}
