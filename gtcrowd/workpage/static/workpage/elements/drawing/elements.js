// The elements in which a worker draws shapes on a picture.

import { Drawing } from "./drawing.js";

const drawing = (type) =>
  class extends Drawing {
    static type = type;
  };

export const ELEMENTS = {
  "crowd-bounding-box": drawing("box"),
  "crowd-polygon": drawing("polygon"),
  "crowd-polyline": drawing("polyline"),
  "crowd-line": drawing("line"),
  "crowd-keypoint": drawing("point"),
};
