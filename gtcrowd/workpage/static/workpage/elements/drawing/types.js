// The sorts of shapes, as one table: how many points make one, where its handles are, what pulling a handle does, and how
// it is written into an answer and read from one. A shape is {label, points, hidden, locked}. Nothing here knows a page.

import { area, bounds, distance, inside, nearestSide } from "./geometry.js";

const whole = Math.round;
const vertices = (points) => points.map(({ x, y }) => ({ x: whole(x), y: whole(y) }));
const points = (given) => given.map(({ x, y }) => ({ x: Number(x), y: Number(y) }));

// The eight handles of a box: which sides each of them moves.
const BOX_HANDLES = [
  ["left", "top"], [null, "top"], ["right", "top"], ["right", null],
  ["right", "bottom"], [null, "bottom"], ["left", "bottom"], ["left", null],
];

const cornersOf = ({ left, top, right, bottom }) => [{ x: left, y: top }, { x: right, y: bottom }];

const BOX = {
  name: "box",
  answer: "boundingBoxes",
  least: 2,
  most: 2,
  byDrag: true,
  closed: true,
  outline(shape) {
    const { left, top, right, bottom } = bounds(shape.points);
    return [{ x: left, y: top }, { x: right, y: top }, { x: right, y: bottom }, { x: left, y: bottom }];
  },
  handles(shape) {
    const { left, top, right, bottom } = bounds(shape.points);
    const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
    const at = { left, right, top, bottom };
    return BOX_HANDLES.map(([across, down]) => ({ x: across ? at[across] : middle.x, y: down ? at[down] : middle.y }));
  },
  pulled(shape, handle, to) {
    const sides = bounds(shape.points);
    const [across, down] = BOX_HANDLES[handle];
    if (across) sides[across] = to.x;
    if (down) sides[down] = to.y;
    // Pulled over the other side, it turns over; it never gets thinner than a pixel.
    const { left, top, right, bottom } = bounds(cornersOf(sides));
    return cornersOf({ left, top, right: Math.max(right, left + 1), bottom: Math.max(bottom, top + 1) });
  },
  begun: ([one, other]) => distance(one, other) >= 2,
  problem: () => null,
  write({ label, points: given }) {
    const { left, top, right, bottom } = bounds(given);
    const [x, y] = [whole(left), whole(top)];
    return { label, left: x, top: y, width: Math.max(whole(right) - x, 1), height: Math.max(whole(bottom) - y, 1) };
  },
  read: ({ label, left, top, width, height }) => ({
    label,
    points: cornersOf({ left: +left, top: +top, right: +left + +width, bottom: +top + +height }),
  }),
};

const outlined = {
  byDrag: false,
  outline: (shape) => shape.points,
  handles: (shape) => shape.points,
  pulled: (shape, handle, to) => shape.points.map((point, place) => (place === handle ? to : point)),
  begun: () => true,
  problem: () => null,
  write: ({ label, points: given }) => ({ label, vertices: vertices(given) }),
  read: ({ label, vertices: given }) => ({ label, points: points(given) }),
};

const POLYGON = { ...outlined, name: "polygon", answer: "polygons", least: 3, most: Infinity, closed: true, begun: (given) => area(given) >= 1 };
const POLYLINE = { ...outlined, name: "polyline", answer: "polylines", least: 2, most: Infinity, closed: false };
const LINE = { ...outlined, name: "line", answer: "lines", least: 2, most: 2, closed: false };

const POINT = {
  ...outlined,
  name: "point",
  answer: "keypoints",
  least: 1,
  most: 1,
  closed: false,
  write: ({ label, points: [{ x, y }] }) => ({ label, x: whole(x), y: whole(y) }),
  read: ({ label, x, y }) => ({ label, points: [{ x: Number(x), y: Number(y) }] }),
};

export const TYPES = { box: BOX, polygon: POLYGON, polyline: POLYLINE, line: LINE, point: POINT };

/** Whether a place is on a shape, or nearer to it than `reach`. */
export function touches(type, shape, place, reach) {
  const outline = type.outline(shape);
  if (outline.length === 1) return distance(place, outline[0]) <= reach * 1.5;
  if (type.closed && inside(place, outline)) return true;
  return nearestSide(place, outline, type.closed).distance <= reach;
}

/** Of the shapes a place touches the smallest, so that what lies inside of another can be reached; -1 for none. */
export function touched(type, shapes, place, reach) {
  let [found, least] = [-1, Infinity];
  shapes.forEach((shape, index) => {
    if (shape.hidden || shape.locked || !touches(type, shape, place, reach)) return;
    const size = type.closed ? area(type.outline(shape)) : 0;
    if (size <= least) [found, least] = [index, size];
  });
  return found;
}

/** The handle of a shape at a place, or -1. */
export function handleAt(type, shape, place, reach) {
  const near = type.handles(shape).map((handle) => distance(handle, place));
  const best = Math.min(...near);
  return best <= reach ? near.indexOf(best) : -1;
}

/** A new corner where a place is on a side of a shape of any number of points, or null. */
export function withCorner(type, shape, place, reach) {
  if (type.most !== Infinity) return null;
  const { side, distance: far } = nearestSide(place, shape.points, type.closed);
  if (far > reach) return null;
  return { points: shape.points.toSpliced(side + 1, 0, place), handle: side + 1 };
}

/** Without a corner, or null if that would leave too few. */
export function withoutCorner(type, shape, handle) {
  return type.most === Infinity && shape.points.length > type.least ? shape.points.toSpliced(handle, 1) : null;
}

