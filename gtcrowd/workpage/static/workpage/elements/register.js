// The elements that all pages share, by tag. Importing this module has no effect; `register` defines the elements.

import { CrowdClassifier, CrowdClassifierMultiSelect } from "./crowd-classifier.js";
import { CrowdForm } from "./crowd-form.js";
import { CrowdImageClassifier, CrowdImageClassifierMultiSelect } from "./crowd-image-classifier.js";

// The form last, because it looks at the elements inside.
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
