// Defines the elements; importing them has no effect by itself.
import { CrowdClassifier, CrowdImageClassifier } from "./crowd-classifiers.js";
import { CrowdForm } from "./crowd-form.js";

customElements.define("crowd-image-classifier", CrowdImageClassifier);
customElements.define("crowd-classifier", CrowdClassifier);
customElements.define("crowd-form", CrowdForm);
