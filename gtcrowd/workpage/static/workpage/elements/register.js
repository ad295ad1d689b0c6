// Which tag is which element, of those that all pages have. Importing this has no effect; calling `register` makes
// elements live.

import { CrowdClassifier, CrowdClassifierMultiSelect } from "./crowd-classifier.js";
import { CrowdForm } from "./crowd-form.js";
import { CrowdImageClassifier, CrowdImageClassifierMultiSelect } from "./crowd-image-classifier.js";

// The form last: it looks at the elements inside.
export const ELEMENTS = {
  "crowd-classifier": CrowdClassifier,
  "crowd-classifier-multi-select": CrowdClassifierMultiSelect,
  "crowd-image-classifier": CrowdImageClassifier,
  "crowd-image-classifier-multi-select": CrowdImageClassifierMultiSelect,
  "crowd-form": CrowdForm,
};

export function register(elements, registry = window.customElements) {
  for (const [tag, element] of Object.entries(elements)) {
    if (!registry.get(tag)) registry.define(tag, element);
  }
}
