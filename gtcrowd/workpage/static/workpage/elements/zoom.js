// How large a picture is shown, computed without a page.

export const LEAST = 0.1;
export const MOST = 16;
const STEP = 1.25;
const MOST_BY_ITSELF = 2; // beyond that a small picture is only a blur; whoever wants it can enlarge it

/** The factor at which a picture of `width` × `height` just fits into the room there is. */
export function fitting({ width, height, roomWidth, roomHeight }) {
  if (!width || !height || !roomWidth || !roomHeight) return 1;
  return bounded(Math.min(roomWidth / width, roomHeight / height, MOST_BY_ITSELF));
}

export function larger(factor) {
  return bounded(factor * STEP);
}

export function smaller(factor) {
  return bounded(factor / STEP);
}

function bounded(factor) {
  return Math.min(MOST, Math.max(LEAST, factor));
}
