// How a picture lies in its room: `scale` pixels of the room for one of the picture, whose corner is at x, y of the room.
// Views are plain objects and never change; each function gives a new one. Nothing here knows a page.

export const MOST = 32; // times larger than the picture itself
const STEP = 1.25;
const SHOWN = 40; // pixels of the picture that stay in sight when it is moved away

/** The whole picture, in the middle of the room, not larger than twice itself. */
export function fitted(picture, room) {
  const scale = Math.min(room.width / picture.width, room.height / picture.height, 2) || 1;
  return { scale, x: (room.width - picture.width * scale) / 2, y: (room.height - picture.height * scale) / 2 };
}

/** Where a place of the room is on the picture. */
export function toPicture(view, { x, y }) {
  return { x: (x - view.x) / view.scale, y: (y - view.y) / view.scale };
}

/** Where a place of the picture is in the room. */
export function toRoom(view, { x, y }) {
  return { x: x * view.scale + view.x, y: y * view.scale + view.y };
}

/** The view enlarged `factor` times, with what is at the place `at` of the room staying there. */
export function zoomed(view, at, factor, picture, room) {
  const least = Math.min(fitted(picture, room).scale, 1) / 2;
  const scale = Math.min(Math.max(view.scale * factor, least), MOST);
  const there = toPicture(view, at);
  return kept({ scale, x: at.x - there.x * scale, y: at.y - there.y * scale }, picture, room);
}

/** Enlarged or reduced by so many steps, at the middle of the room or at a place of it. */
export function stepped(view, steps, picture, room, at = { x: room.width / 2, y: room.height / 2 }) {
  return zoomed(view, at, STEP ** steps, picture, room);
}

/** The view moved by so many pixels of the room, the picture never out of sight. */
export function moved(view, dx, dy, picture, room) {
  return kept({ ...view, x: view.x + dx, y: view.y + dy }, picture, room);
}

/** Moved as little as needed to show a place of the picture, with some room about it. */
export function showing(view, place, picture, room) {
  const at = toRoom(view, place);
  const off = (value, size) => (value < SHOWN ? SHOWN - value : value > size - SHOWN ? size - SHOWN - value : 0);
  return moved(view, off(at.x, room.width), off(at.y, room.height), picture, room);
}

function kept(view, picture, room) {
  const between = (value, low, high) => Math.min(Math.max(value, low), high);
  return {
    scale: view.scale,
    x: between(view.x, SHOWN - picture.width * view.scale, room.width - SHOWN),
    y: between(view.y, SHOWN - picture.height * view.scale, room.height - SHOWN),
  };
}
