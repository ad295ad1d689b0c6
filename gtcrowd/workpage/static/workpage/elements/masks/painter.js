// Pointer and keyboard control of painting: brush, eraser, polygon, fill, label picker, and four extreme points to
// outline. Points are in pixels of the picture. `code()` is the current code; `onPick(code)` is called by the picker,
// `outline(extremes)` when four points are set.

import { distance, rounded, snapped, within } from "../drawing/geometry.js";

export const TOOLS = { brush: "x", eraser: "z", polygon: "v", fill: "f", dropper: "g", ends: "c" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SNAP = 6; // viewport pixels within which points snap to the edge of the picture
const STEP = 10; // viewport pixels per press of an arrow key; with Shift one picture pixel

export class Painter {
  constructor({ board, code, onPick, outline, changed }) {
    Object.assign(this, { board, code, onPick, outline, changed });
    this.tool = "brush";
    this.size = 20; // diameter of the brush in viewport pixels
    this.codes = null; // set once the size of the picture is known
    this.steps = [];
    this.undoneSteps = [];
    this.corners = null;
    this.extremes = [];
    this.position = null;
  }

  get radius() {
    return Math.max(this.board.reach(this.size / 2), 0.5);
  }

  get ink() {
    return this.tool === "eraser" ? 0 : this.code();
  }

  /** Clamp a point to the picture and snap it to near edges. */
  snap(at) {
    return rounded(snapped(at, this.board.picture, this.board.reach(SNAP)));
  }

  // Pointer

  down(at) {
    if (!this.codes) return;
    if (this.tool === "polygon") this.corner(this.snap(at), this.board.reach(8));
    else if (this.tool === "ends") this.addExtreme(this.snap(at));
    else if (this.tool === "fill") this.edit(() => this.codes.flood(Math.floor(at.x), Math.floor(at.y), this.ink));
    else if (this.tool === "dropper") this.onPick(this.codes.at(Math.floor(at.x), Math.floor(at.y)));
    else {
      this.codes.begin();
      this.last = at;
      this.codes.stroke(at, at, this.radius, this.ink);
      this.changed();
    }
  }

  move(at) {
    this.position = at;
    if (this.last) {
      this.codes.stroke(this.last, at, this.radius, this.ink);
      this.last = at;
    }
    this.changed();
  }

  up() {
    if (!this.last) return;
    this.last = null;
    this.commit(this.codes.end());
  }

  hover(at) {
    this.position = at;
    this.changed();
  }

  cancel() {
    if (this.last) {
      this.last = null;
      this.codes.apply(this.codes.end(), 1);
    }
    this.changed();
  }

  // Polygons

  corner(point, reach) {
    const corners = this.corners ?? [];
    const isEnd =
      corners.length >= 3 && (distance(point, corners[0]) <= reach || distance(point, corners.at(-1)) <= reach / 2);
    if (isEnd) this.close();
    else {
      this.corners = [...corners, point];
      this.changed();
    }
  }

  close() {
    const { corners } = this;
    this.corners = null;
    if (corners?.length >= 3) this.edit(() => this.codes.polygon(corners, this.code()));
    else this.changed();
  }

  // Extreme points

  addExtreme(point) {
    this.extremes = [...this.extremes, point];
    if (this.extremes.length === 4) {
      this.outline(this.extremes);
      this.extremes = [];
    }
    this.changed();
  }

  // Steps

  /** Any edit during a stroke ends the stroke. */
  edit(paint) {
    this.up();
    this.codes.begin();
    paint();
    this.commit(this.codes.end());
  }

  commit(step) {
    if (step.length) {
      this.steps.push(step);
      this.undoneSteps = [];
    }
    this.changed();
  }

  undo() {
    if (this.last) return; // a stroke is in progress
    if (this.corners) this.corners = this.corners.length > 1 ? this.corners.slice(0, -1) : null;
    else if (this.extremes.length) this.extremes = this.extremes.slice(0, -1);
    else if (this.steps.length) {
      const step = this.steps.pop();
      this.codes.apply(step, 1);
      this.undoneSteps.push(step);
    }
    this.changed();
  }

  redo() {
    const step = this.undoneSteps.pop();
    if (step) {
      this.codes.apply(step, 2);
      this.steps.push(step);
    }
    this.changed();
  }

  // Keys

  /** The action of a key, or null. */
  actionFor({ key, shiftKey }, onPicture) {
    const tool = Object.keys(TOOLS).find((name) => TOOLS[name] === key);
    if (tool) return () => this.useTool(tool);
    if (key === "[") return () => this.resize(0.8);
    if (key === "]") return () => this.resize(1.25);
    if (!onPicture) return null;
    if (ARROWS[key])
      return () => this.moveBy(...ARROWS[key], shiftKey ? 1 : Math.max(1, Math.round(this.board.reach(STEP))));
    if (key === "Enter") return () => this.setPoint();
    if (key === "Escape" && (this.corners || this.extremes.length)) return () => this.discardDraft();
    return null;
  }

  useTool(tool) {
    this.tool = tool;
    this.discardDraft();
  }

  discardDraft() {
    this.corners = null;
    this.extremes = [];
    this.changed();
  }

  resize(factor) {
    this.size = Math.min(Math.max(this.size * factor, 1), 400);
    this.changed();
  }

  moveBy(across, down, step) {
    const { picture } = this.board;
    const at = this.position ?? { x: picture.width / 2, y: picture.height / 2 };
    this.position = rounded(within({ x: at.x + across * step, y: at.y + down * step }, picture));
    this.board.reveal(this.position);
    this.changed();
  }

  /** Click at the cursor. */
  setPoint() {
    const { picture } = this.board;
    const at = this.position ?? rounded({ x: picture.width / 2, y: picture.height / 2 });
    this.down(at);
    this.up();
  }
}
