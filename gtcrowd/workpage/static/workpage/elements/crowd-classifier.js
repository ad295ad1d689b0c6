// <crowd-classifier>, <crowd-classifier-multi-select>: a text, or any HTML in <classification-target>, with the
// categories beside it.

import { Classifier } from "./classifier.js";
import { MultiSelectClassifier } from "./multi-select.js";

const withTarget = (Base) =>
  class extends Base {
    setUp() {
      super.setUp();
      const target = this.querySelector(":scope > classification-target");
      target?.setAttribute("tabindex", "0"); // so that a long text can be scrolled by keyboard
    }
  };

export const CrowdClassifier = withTarget(Classifier);
export const CrowdClassifierMultiSelect = withTarget(MultiSelectClassifier);
