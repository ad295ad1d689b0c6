// Points and lines: plain objects {x, y}, in pixels of the picture. Nothing here knows a page.

export const distance = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);
export const rounded = ({ x, y }) => ({ x: Math.round(x), y: Math.round(y) });
export const shifted = (points, dx, dy) => points.map(({ x, y }) => ({ x: x + dx, y: y + dy }));

/** The nearest place within a picture. */
export function within({ x, y }, picture) {
  return { x: Math.min(Math.max(x, 0), picture.width), y: Math.min(Math.max(y, 0), picture.height) };
}

/** The place, or the edge of the picture if that is nearer than `reach`. */
export function snapped(place, picture, reach) {
  const to = (value, size) => (value < reach ? 0 : value > size - reach ? size : value);
  const inside = within(place, picture);
  return { x: to(inside.x, picture.width), y: to(inside.y, picture.height) };
}

/** Left, top, right and bottom of points. */
export function bounds(points) {
  const xs = points.map((one) => one.x);
  const ys = points.map((one) => one.y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** How far the points may be moved so that all stay within the picture. */
export function movable(points, dx, dy, picture) {
  const { left, top, right, bottom } = bounds(points);
  return {
    dx: Math.min(Math.max(dx, -left), picture.width - right),
    dy: Math.min(Math.max(dy, -top), picture.height - bottom),
  };
}

/** Distance of a place from the line between two others. */
export function fromLine(place, one, other) {
  const [dx, dy] = [other.x - one.x, other.y - one.y];
  const length = dx * dx + dy * dy;
  const part = length ? Math.min(Math.max(((place.x - one.x) * dx + (place.y - one.y) * dy) / length, 0), 1) : 0;
  return distance(place, { x: one.x + part * dx, y: one.y + part * dy });
}

/** Which side of a line of points is nearest to a place: its number and the distance. */
export function nearestSide(place, points, closed) {
  let best = { side: -1, distance: Infinity };
  const sides = closed ? points.length : points.length - 1;
  for (let side = 0; side < sides; side += 1) {
    const far = fromLine(place, points[side], points[(side + 1) % points.length]);
    if (far < best.distance) best = { side, distance: far };
  }
  return best;
}

/** Whether a place is inside of a ring of points. */
export function inside(place, points) {
  let odd = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i, i += 1) {
    const [a, b] = [points[i], points[j]];
    if (a.y > place.y !== b.y > place.y && place.x < ((b.x - a.x) * (place.y - a.y)) / (b.y - a.y) + a.x) odd = !odd;
  }
  return odd;
}

/** Area of a ring, in pixels. */
export function area(points) {
  return Math.abs(points.reduce((sum, { x, y }, i) => {
    const next = points[(i + 1) % points.length];
    return sum + x * next.y - next.x * y;
  }, 0)) / 2;
}

/** Whether two lines between points cross, their ends left out. */
export function crossing(a, b, c, d) {
  const turn = (p, q, r) => Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

/** Whether a ring crosses itself. */
export function crossesItself(points) {
  const n = points.length;
  for (let i = 0; i < n; i += 1) {
    for (let j = i + 2; j < n; j += 1) {
      if (crossing(points[i], points[(i + 1) % n], points[j], points[(j + 1) % n])) return true;
    }
  }
  return false;
}
