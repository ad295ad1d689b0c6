// Mouse, pen and touch control of drawing: draw, drag handles, move and select shapes.

import { distance, movable, rounded, shifted, snapped } from "./geometry.js";
import { handleAt, shapeAt, touches, withCorner, withoutCorner } from "./types.js";

const SNAP = 6; // viewport pixels within which points snap to the edge of the picture
const CLICK = 4; // moving less than this is a click
const REACH = { mouse: 8, pen: 10, touch: 20 }; // a finger is less precise than a mouse

export class Pointer {
  constructor(sketch, board) {
    this.sketch = sketch;
    this.board = board;
    this.gesture = null;
    this.position = null; // the pointer's position while not pressed
    this.isActive = false; // whether the pointer was used after the keyboard
    this.startsShape = false; // the next press starts a shape even on top of others
  }

  snap(at) {
    return rounded(snapped(at, this.board.picture, this.board.reach(SNAP)));
  }

  reach(event) {
    return this.board.reach(REACH[event.pointerType] ?? REACH.mouse);
  }

  down(at, event) {
    const { sketch } = this;
    this.isActive = true;
    const start = { from: this.snap(at), raw: at, reach: this.reach(event), alt: event.altKey };
    if (sketch.draft) this.gesture = { ...start, action: "corner" };
    else this.gesture = { ...start, ...(this.startsShape ? { action: "draw" } : this.gestureAt(at, start)) };
    this.startsShape = false;
  }

  /** The gesture that a press starts, given the shapes at that point. */
  gestureAt(at, { reach, alt }) {
    const { sketch } = this;
    const { type, shape } = sketch;
    if (shape && !shape.locked && !shape.hidden) {
      const handle = handleAt(type, shape, at, reach);
      if (handle >= 0 && alt && withoutCorner(type, shape, handle)) return { action: "uncorner", handle };
      if (handle >= 0) return { action: "pull", handle };
      const corner = withCorner(type, shape, at, reach);
      if (corner) return { action: "pull", ...corner };
      if (touches(type, shape, at, reach)) return { action: "carry", hit: sketch.selected };
    }
    const hit = shapeAt(type, sketch.shapes, at, reach);
    // Boxes can be dragged out over others; a click then selects the one below.
    return hit >= 0 && !type.byDrag ? { action: "carry", hit } : { action: "draw", hit };
  }

  move(at) {
    const { sketch, gesture } = this;
    if (!gesture) return;
    gesture.moved ||= distance(at, gesture.raw) * this.board.view.scale > CLICK;
    if (!gesture.moved) return;
    const to = this.snap(at);
    if (gesture.action === "pull") sketch.show(this.dragHandle(to));
    else if (gesture.action === "carry") this.carry(at);
    else if (gesture.action === "draw" && sketch.type.byDrag) {
      if (!sketch.draft) sketch.begin(gesture.from);
      sketch.stretch(to);
    } else if (sketch.draft) this.hover(at);
  }

  dragHandle(to) {
    const { sketch, gesture } = this;
    const { type, shape } = sketch;
    return type.dragHandle(gesture.points ? { ...shape, points: gesture.points } : shape, gesture.handle, to);
  }

  carry(at) {
    const { sketch, gesture, board } = this;
    if (sketch.selected !== gesture.hit) sketch.select(gesture.hit);
    const { points } = sketch.shape;
    const { dx, dy } = movable(
      points,
      Math.round(at.x - gesture.raw.x),
      Math.round(at.y - gesture.raw.y),
      board.picture,
    );
    sketch.show(shifted(points, dx, dy));
  }

  up(at) {
    const { sketch, gesture } = this;
    this.gesture = null;
    if (!gesture) return;
    if (gesture.action === "uncorner") {
      sketch.handle = gesture.handle;
      sketch.remove();
    } else if (gesture.action === "pull" && gesture.points && !gesture.moved) sketch.change({ points: gesture.points });
    else if (sketch.preview) sketch.settle();
    else if (sketch.type.byDrag && sketch.draft && gesture.moved) sketch.finish();
    else if (gesture.action === "corner") this.corner(this.snap(at), gesture.reach);
    else if (gesture.action === "carry") sketch.select(gesture.hit);
    else if (gesture.action === "draw" && !gesture.moved) this.click(gesture);
    else if (gesture.action === "draw" && !sketch.type.byDrag) sketch.begin(gesture.from);
  }

  click({ from, hit }) {
    const { sketch } = this;
    if (hit >= 0) sketch.select(hit);
    else if (!sketch.type.byDrag) sketch.begin(from);
    else sketch.select(-1);
  }

  /** Add a point to the draft; on its first or last point, finish it. */
  corner(point, reach) {
    const { sketch } = this;
    if (this.closesDraft(point, reach)) sketch.finish();
    else sketch.extend(point);
  }

  closesDraft(point, reach) {
    const { draft, type } = this.sketch;
    if (type.byDrag || draft.length < type.minPoints) return false;
    return (type.closed && distance(point, draft[0]) <= reach) || distance(point, draft.at(-1)) <= reach / 2;
  }

  hover(at) {
    this.position = at && this.snap(at);
    this.sketch.onChange();
  }

  cancel() {
    this.gesture = null;
    if (this.sketch.preview || this.sketch.type.byDrag) this.sketch.abandon();
  }
}
