// Keyboard control of drawing. A cursor stands in for the pointer; keys that choose labels belong to the palette.

import { distance, rounded, within } from "./geometry.js";
import { shapeAt } from "./types.js";

const STEP = 10; // viewport pixels per press of an arrow key; with Shift one picture pixel
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Keyboard {
  /** `togglePan()` switches between panning and drawing. */
  constructor(sketch, board, pointer, togglePan) {
    Object.assign(this, { sketch, board, pointer, togglePan });
    this.cursor = null; // a point of the picture, once the keyboard has been used
  }

  /** Handle a key event. Returns whether it was handled. `onPicture`: the picture has the focus, not a button. */
  press(event, onPicture) {
    if (!this.board.ready || event.altKey) return false;
    const action =
      this.withControl(event) ??
      (event.ctrlKey || event.metaKey ? null : (this.anywhere(event) ?? (onPicture ? this.onPicture(event) : null)));
    if (!action) return false;
    action();
    return true;
  }

  withControl({ key, ctrlKey, metaKey, shiftKey }) {
    if (!ctrlKey && !metaKey) return null;
    const { sketch, board } = this;
    if (ARROWS[key]) return () => board.pan(-ARROWS[key][0] * 60, -ARROWS[key][1] * 60);
    if (key.toLowerCase() === "z") return () => (shiftKey ? sketch.redo() : sketch.undo());
    if (key.toLowerCase() === "y") return () => sketch.redo();
    return null;
  }

  anywhere({ key }) {
    const { sketch, board, pointer } = this;
    return {
      "+": () => board.step(1),
      "=": () => board.step(1),
      "-": () => board.step(-1),
      ".": () => board.fit(),
      "[": () => this.follow(() => sketch.cycle(-1)),
      "]": () => this.follow(() => sketch.cycle(1)),
      c: () => sketch.cycleHandle(),
      m: () => this.togglePan(),
      n: () => {
        sketch.select(-1);
        pointer.startsShape = true;
      },
      b: () => !sketch.shapes.length && sketch.declareNothing(!sketch.nothing),
      Delete: () => sketch.remove(),
    }[key];
  }

  onPicture({ key, shiftKey }) {
    const { sketch } = this;
    if (ARROWS[key])
      return () => this.moveBy(...ARROWS[key], shiftKey ? 1 : Math.max(1, Math.round(this.board.reach(STEP))));
    if (key === "Enter") return () => this.setPoint();
    if (key === " ") return () => this.selectAtCursor();
    if (key === "Backspace") return () => (sketch.draft ? sketch.shorten() : sketch.remove());
    if (key === "Escape" && (sketch.draft || sketch.shape))
      return () => (sketch.draft ? sketch.abandon() : sketch.select(-1));
    return null;
  }

  /** Scroll the selection into view. */
  follow(action) {
    action();
    if (this.sketch.shape) this.board.reveal(this.sketch.type.handles(this.sketch.shape)[0]);
  }

  moveBy(across, down, step) {
    const { sketch, board } = this;
    if (sketch.shape && !sketch.draft) {
      sketch.nudge(across * step, down * step, board.picture);
      board.reveal(sketch.type.handles(sketch.shape)[Math.max(sketch.handle, 0)]);
      return;
    }
    const at = this.start();
    this.cursor = rounded(within({ x: at.x + across * step, y: at.y + down * step }, board.picture));
    if (sketch.draft && sketch.type.byDrag) sketch.stretch(this.cursor);
    [this.pointer.position, this.pointer.isActive] = [this.cursor, false];
    board.reveal(this.cursor);
    sketch.onChange();
  }

  start() {
    return (
      (this.pointer.isActive && this.pointer.position) ||
      this.cursor ||
      rounded({ x: this.board.picture.width / 2, y: this.board.picture.height / 2 })
    );
  }

  /** Set a point at the cursor, like a click; twice at the same place finishes the shape. Also finishes what the pointer drew. */
  setPoint() {
    const { sketch } = this;
    if (sketch.draft && this.pointer.isActive) return sketch.finish();
    if (sketch.shape && !sketch.draft) return sketch.select(-1);
    this.cursor = this.start();
    if (!sketch.draft) sketch.begin(this.cursor);
    else if (sketch.type.byDrag) sketch.finish();
    else if (this.closesDraft()) sketch.finish();
    else sketch.extend(this.cursor);
    return undefined;
  }

  closesDraft() {
    const { draft, type } = this.sketch;
    if (draft.length < type.minPoints) return false;
    return distance(this.cursor, draft.at(-1)) < 1 || (type.closed && distance(this.cursor, draft[0]) < 1);
  }

  selectAtCursor() {
    const { sketch, board } = this;
    sketch.select(shapeAt(sketch.type, sketch.shapes, this.start(), board.reach(8)));
  }
}
