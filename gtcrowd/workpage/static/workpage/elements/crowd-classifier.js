// <crowd-classifier>, <crowd-classifier-multi-select>: a text, or any other HTML in <classification-target>, and the
// categories beside it.

import { Classifier } from "./classifier.js";
import { Several } from "./several.js";

const withTarget = (Base) =>
  class extends Base {
    furnish() {
      super.furnish();
      const target = this.querySelector(":scope > classification-target");
      target?.setAttribute("tabindex", "0"); // so that a long text can be scrolled by keyboard
    }
  };

export const CrowdClassifier = withTarget(Classifier);
export const CrowdClassifierMultiSelect = withTarget(Several);
