// How a picture lies in its room: `scale` pixels of the room for one of the picture, whose corner is at x, y of the room.
// Views are plain objects and never change; each function gives a new one. Nothing here knows a page.

export const MAX_SCALE = 32; // times larger than the picture itself
const STEP = 1.25;
const MARGIN = 40; // pixels of the picture that stay in sight when it is moved away

/** The whole picture, in the middle of the room, not larger than twice itself. */
export function fitted(picture, viewport) {
  const scale = Math.min(viewport.width / picture.width, viewport.height / picture.height, 2) || 1;
  return { scale, x: (viewport.width - picture.width * scale) / 2, y: (viewport.height - picture.height * scale) / 2 };
}

/** Where a place of the room is on the picture. */
export function toPicture(view, { x, y }) {
  return { x: (x - view.x) / view.scale, y: (y - view.y) / view.scale };
}

/** Where a place of the picture is in the room. */
export function toViewport(view, { x, y }) {
  return { x: x * view.scale + view.x, y: y * view.scale + view.y };
}

/** The view enlarged `factor` times, with what is at the place `at` of the room staying there. */
export function zoomed(view, at, factor, picture, viewport) {
  const least = Math.min(fitted(picture, viewport).scale, 1) / 2;
  const scale = Math.min(Math.max(view.scale * factor, least), MAX_SCALE);
  const there = toPicture(view, at);
  return constrain({ scale, x: at.x - there.x * scale, y: at.y - there.y * scale }, picture, viewport);
}

/** Enlarged or reduced by so many steps, at the middle of the room or at a place of it. */
export function stepped(view, steps, picture, viewport, at = { x: viewport.width / 2, y: viewport.height / 2 }) {
  return zoomed(view, at, STEP ** steps, picture, viewport);
}

/** The view moved by so many pixels of the room, the picture never out of sight. */
export function moved(view, dx, dy, picture, viewport) {
  return constrain({ ...view, x: view.x + dx, y: view.y + dy }, picture, viewport);
}

/** Moved as little as needed to show a place of the picture, with some room about it. */
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
