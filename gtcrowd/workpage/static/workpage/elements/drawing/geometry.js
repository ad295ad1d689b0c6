// Points and lines: plain objects {x, y} in pixels of the picture. Does not depend on the page.

export const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
export const rounded = ({ x, y }) => ({ x: Math.round(x), y: Math.round(y) });
export const shifted = (points, dx, dy) => points.map(({ x, y }) => ({ x: x + dx, y: y + dy }));

/** Clamp a point to the picture. */
export function within({ x, y }, picture) {
  return { x: Math.min(Math.max(x, 0), picture.width), y: Math.min(Math.max(y, 0), picture.height) };
}

/** Clamp a point to the picture, and snap it to an edge nearer than `reach`. */
export function snapped(point, picture, reach) {
  const to = (value, size) => (value < reach ? 0 : value > size - reach ? size : value);
  const inside = within(point, picture);
  return { x: to(inside.x, picture.width), y: to(inside.y, picture.height) };
}

/** The bounding box of points. */
export function bounds(points) {
  const xs = points.map((a) => a.x);
  const ys = points.map((a) => a.y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** Limit a shift so that all points stay within the picture. */
export function movable(points, dx, dy, picture) {
  const { left, top, right, bottom } = bounds(points);
  return {
    dx: Math.min(Math.max(dx, -left), picture.width - right),
    dy: Math.min(Math.max(dy, -top), picture.height - bottom),
  };
}

/** Distance of a point from a line segment. */
export function fromLine(point, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const part = length ? Math.min(Math.max(((point.x - a.x) * dx + (point.y - a.y) * dy) / length, 0), 1) : 0;
  return distance(point, { x: a.x + part * dx, y: a.y + part * dy });
}

/** The side of a polygon or line nearest to a point: {side, distance}. */
export function nearestSide(point, points, closed) {
  let best = { side: -1, distance: Infinity };
  const sides = closed ? points.length : points.length - 1;
  for (let side = 0; side < sides; side += 1) {
    const length = fromLine(point, points[side], points[(side + 1) % points.length]);
    if (length < best.distance) best = { side, distance: length };
  }
  return best;
}

/** Whether a point is inside a polygon. */
export function inside(point, points) {
  let odd = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i, i += 1) {
    const [a, b] = [points[i], points[j]];
    if (a.y > point.y !== b.y > point.y && point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) odd = !odd;
  }
  return odd;
}

/** Area of a polygon, in square pixels. */
export function area(points) {
  return (
    Math.abs(
      points.reduce((sum, { x, y }, i) => {
        const next = points[(i + 1) % points.length];
        return sum + x * next.y - next.x * y;
      }, 0),
    ) / 2
  );
}

/** Whether two segments cross, ends excluded. */
export function crossing(a, b, c, d) {
  const turn = (p, q, r) => Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

/** Whether a polygon intersects itself. */
export function crossesItself(points) {
  const n = points.length;
  for (let i = 0; i < n; i += 1) {
    for (let j = i + 2; j < n; j += 1) {
      if (crossing(points[i], points[(i + 1) % n], points[j], points[(j + 1) % n])) return true;
    }
  }
  return false;
}
