// The view of a picture: `scale` viewport pixels per picture pixel, with the picture's corner at x, y of the viewport.
// Views are immutable plain objects; each function returns a new one. Does not depend on the page.

export const MAX_SCALE = 32; // relative to the picture's own size
const STEP = 1.25;
const MARGIN = 40; // pixels of the picture that stay visible when it is panned

/** Fit the whole picture into the viewport, at most twice its size. */
export function fitted(picture, viewport) {
  const scale = Math.min(viewport.width / picture.width, viewport.height / picture.height, 2) || 1;
  return { scale, x: (viewport.width - picture.width * scale) / 2, y: (viewport.height - picture.height * scale) / 2 };
}

/** Convert a point from viewport to picture coordinates. */
export function toPicture(view, { x, y }) {
  return { x: (x - view.x) / view.scale, y: (y - view.y) / view.scale };
}

/** Convert a point from picture to viewport coordinates. */
export function toViewport(view, { x, y }) {
  return { x: x * view.scale + view.x, y: y * view.scale + view.y };
}

/** Zoom by `factor` around the point `at` of the viewport. */
export function zoomed(view, at, factor, picture, viewport) {
  const least = Math.min(fitted(picture, viewport).scale, 1) / 2;
  const scale = Math.min(Math.max(view.scale * factor, least), MAX_SCALE);
  const there = toPicture(view, at);
  return constrain({ scale, x: at.x - there.x * scale, y: at.y - there.y * scale }, picture, viewport);
}

/** Zoom by a number of steps, around a point or the middle of the viewport. */
export function stepped(view, steps, picture, viewport, at = { x: viewport.width / 2, y: viewport.height / 2 }) {
  return zoomed(view, at, STEP ** steps, picture, viewport);
}

/** Pan by viewport pixels, keeping the picture visible. */
export function moved(view, dx, dy, picture, viewport) {
  return constrain({ ...view, x: view.x + dx, y: view.y + dy }, picture, viewport);
}

/** Pan as little as needed to show a point with some margin. */
export function showing(view, point, picture, viewport) {
  const at = toViewport(view, point);
  const off = (value, size) => (value < MARGIN ? MARGIN - value : value > size - MARGIN ? size - MARGIN - value : 0);
  return moved(view, off(at.x, viewport.width), off(at.y, viewport.height), picture, viewport);
}

function constrain(view, picture, viewport) {
  const between = (value, low, high) => Math.min(Math.max(value, low), high);
  return {
    scale: view.scale,
    x: between(view.x, MARGIN - picture.width * view.scale, viewport.width - MARGIN),
    y: between(view.y, MARGIN - picture.height * view.scale, viewport.height - MARGIN),
  };
}
