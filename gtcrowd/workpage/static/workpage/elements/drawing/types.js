// Table of shape types: number of points, handles, dragging, and the form in answers. A shape is {label, points,
// hidden, locked}. Does not depend on the page.

import { area, bounds, distance, inside, nearestSide } from "./geometry.js";

const round = Math.round;
const vertices = (points) => points.map(({ x, y }) => ({ x: round(x), y: round(y) }));
const points = (list) => list.map(({ x, y }) => ({ x: Number(x), y: Number(y) }));

// The sides that each of the eight handles of a box moves.
const BOX_HANDLES = [
  ["left", "top"],
  [null, "top"],
  ["right", "top"],
  ["right", null],
  ["right", "bottom"],
  [null, "bottom"],
  ["left", "bottom"],
  ["left", null],
];

const cornersOf = ({ left, top, right, bottom }) => [
  { x: left, y: top },
  { x: right, y: bottom },
];

const BOX = {
  name: "box",
  answer: "boundingBoxes",
  minPoints: 2,
  maxPoints: 2,
  byDrag: true,
  closed: true,
  outline(shape) {
    const { left, top, right, bottom } = bounds(shape.points);
    return [
      { x: left, y: top },
      { x: right, y: top },
      { x: right, y: bottom },
      { x: left, y: bottom },
    ];
  },
  handles(shape) {
    const { left, top, right, bottom } = bounds(shape.points);
    const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
    const at = { left, right, top, bottom };
    return BOX_HANDLES.map(([across, down]) => ({ x: across ? at[across] : middle.x, y: down ? at[down] : middle.y }));
  },
  dragHandle(shape, handle, to) {
    const sides = bounds(shape.points);
    const [across, down] = BOX_HANDLES[handle];
    if (across) sides[across] = to.x;
    if (down) sides[down] = to.y;
    // A box dragged over its opposite side flips; it is never thinner than a pixel.
    const { left, top, right, bottom } = bounds(cornersOf(sides));
    return cornersOf({ left, top, right: Math.max(right, left + 1), bottom: Math.max(bottom, top + 1) });
  },
  isLargeEnough: ([a, b]) => distance(a, b) >= 2,
  problem: () => null,
  write({ label, points: list }) {
    const { left, top, right, bottom } = bounds(list);
    const [x, y] = [round(left), round(top)];
    return { label, left: x, top: y, width: Math.max(round(right) - x, 1), height: Math.max(round(bottom) - y, 1) };
  },
  read: ({ label, left, top, width, height }) => ({
    label,
    points: cornersOf({ left: +left, top: +top, right: +left + +width, bottom: +top + +height }),
  }),
};

const OUTLINE = {
  byDrag: false,
  outline: (shape) => shape.points,
  handles: (shape) => shape.points,
  dragHandle: (shape, handle, to) => shape.points.map((point, index) => (index === handle ? to : point)),
  isLargeEnough: () => true,
  problem: () => null,
  write: ({ label, points: list }) => ({ label, vertices: vertices(list) }),
  read: ({ label, vertices: list }) => ({ label, points: points(list) }),
};

const POLYGON = {
  ...OUTLINE,
  name: "polygon",
  answer: "polygons",
  minPoints: 3,
  maxPoints: Infinity,
  closed: true,
  isLargeEnough: (list) => area(list) >= 1,
};
const POLYLINE = {
  ...OUTLINE,
  name: "polyline",
  answer: "polylines",
  minPoints: 2,
  maxPoints: Infinity,
  closed: false,
};
const LINE = { ...OUTLINE, name: "line", answer: "lines", minPoints: 2, maxPoints: 2, closed: false };

const POINT = {
  ...OUTLINE,
  name: "point",
  answer: "keypoints",
  minPoints: 1,
  maxPoints: 1,
  closed: false,
  write: ({ label, points: [{ x, y }] }) => ({ label, x: round(x), y: round(y) }),
  read: ({ label, x, y }) => ({ label, points: [{ x: Number(x), y: Number(y) }] }),
};

export const TYPES = { box: BOX, polygon: POLYGON, polyline: POLYLINE, line: LINE, point: POINT };

/** Whether a point is on a shape or nearer to it than `reach`. */
export function touches(type, shape, point, reach) {
  const outline = type.outline(shape);
  if (outline.length === 1) return distance(point, outline[0]) <= reach * 1.5;
  if (type.closed && inside(point, outline)) return true;
  return nearestSide(point, outline, type.closed).distance <= reach;
}

/** Index of the smallest shape at a point, so that shapes inside others can be selected; -1 for none. */
export function shapeAt(type, shapes, point, reach) {
  let [hit, least] = [-1, Infinity];
  shapes.forEach((shape, index) => {
    if (shape.hidden || shape.locked || !touches(type, shape, point, reach)) return;
    const size = type.closed ? area(type.outline(shape)) : 0;
    if (size <= least) [hit, least] = [index, size];
  });
  return hit;
}

/** Index of the handle at a point, or -1. */
export function handleAt(type, shape, point, reach) {
  const near = type.handles(shape).map((handle) => distance(handle, point));
  const best = Math.min(...near);
  return best <= reach ? near.indexOf(best) : -1;
}

/** Insert a corner where the point is on a side of a polygon or polyline; null if it is not. */
export function withCorner(type, shape, point, reach) {
  if (type.maxPoints !== Infinity) return null;
  const { side, distance: away } = nearestSide(point, shape.points, type.closed);
  if (away > reach) return null;
  return { points: shape.points.toSpliced(side + 1, 0, point), handle: side + 1 };
}

/** Remove a corner; null if that would leave too few. */
export function withoutCorner(type, shape, handle) {
  return type.maxPoints === Infinity && shape.points.length > type.minPoints ? shape.points.toSpliced(handle, 1) : null;
}
