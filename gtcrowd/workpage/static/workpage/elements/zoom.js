// Compute the scale of a picture. Does not depend on the page.

export const MIN_SCALE = 0.1;
export const MAX_SCALE = 16;
const STEP = 1.25;
const MAX_FIT = 2; // small pictures would only be blurred

/** The scale at which a picture of `width` × `height` fits the viewport. */
export function fitScale({ width, height, viewportWidth, viewportHeight }) {
  if (!width || !height || !viewportWidth || !viewportHeight) return 1;
  return clamp(Math.min(viewportWidth / width, viewportHeight / height, MAX_FIT));
}

export function larger(factor) {
  return clamp(factor * STEP);
}

export function smaller(factor) {
  return clamp(factor / STEP);
}

function clamp(factor) {
  return Math.min(MAX_SCALE, Math.max(MIN_SCALE, factor));
}
