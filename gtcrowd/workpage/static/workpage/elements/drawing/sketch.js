// Model of a drawing: the shapes with their history, the selection, the current label, and the points of an unfinished
// shape. Does not depend on the page; `onChange()` is called after every change.

import { movable, shifted } from "./geometry.js";
import { History } from "../history.js";
import { TYPES, withoutCorner } from "./types.js";

export class Sketch {
  constructor({ type, labels, shapes = [], onChange }) {
    this.type = TYPES[type];
    this.labels = labels;
    this.label = 0;
    this.history = new History({ shapes, nothing: false });
    this.selected = -1;
    this.handle = -1; // the handle of the selected shape that the keyboard moves; -1: the whole shape
    this.isNew = false; // the selected shape has just been drawn: choosing a label applies to the next shape
    this.draft = null; // points of the unfinished shape
    this.preview = null; // points of the selected shape while it is being dragged
    this.onChange = onChange;
  }

  get shapes() {
    return this.history.now.shapes;
  }

  get nothing() {
    return this.history.now.nothing;
  }

  get shape() {
    return this.shapes[this.selected] ?? null;
  }

  /** The shapes to draw, with the selected one at its dragged position. */
  get visibleShapes() {
    if (!this.preview || !this.shape) return this.shapes;
    return this.shapes.with(this.selected, { ...this.shape, points: this.preview });
  }

  /** Whether there is an answer: shapes, or “nothing to label”. */
  get isComplete() {
    return this.shapes.length > 0 || this.nothing;
  }

  commit(shapes, { nothing = false, stroke } = {}) {
    this.history.push({ shapes, nothing: nothing && !shapes.length }, stroke);
    this.selected = Math.min(this.selected, shapes.length - 1);
    this.onChange();
  }

  select(index, handle = -1) {
    [this.selected, this.handle, this.preview, this.isNew] = [index, handle, null, false];
    if (this.shape && this.labels.includes(this.shape.label)) this.label = this.labels.indexOf(this.shape.label);
    this.onChange();
  }

  /** Select the next or previous editable shape, wrapping around. */
  cycle(step) {
    const free = [...this.shapes.keys()].filter((index) => !this.shapes[index].hidden && !this.shapes[index].locked);
    if (!free.length) return;
    const position = free.indexOf(this.selected);
    this.select(free[(position + step + (position < 0 && step < 0 ? 1 : 0) + free.length) % free.length]);
  }

  cycleHandle() {
    if (!this.shape) return;
    const handles = this.type.handles(this.shape).length;
    this.handle = this.handle + 1 < handles ? this.handle + 1 : -1;
    this.onChange();
  }

  /** Choose a label; it also applies to a shape that was selected on purpose. */
  choose(label) {
    this.label = label;
    const name = this.labels[label];
    if (this.shape && !this.isNew && !this.draft && this.shape.label !== name) {
      this.commit(this.shapes.with(this.selected, { ...this.shape, label: name }));
    } else this.onChange();
  }

  // Drawing

  begin(point) {
    this.select(-1);
    this.draft = [point];
    if (this.type.maxPoints === 1) this.finish();
    else this.onChange();
  }

  /** Add a point; the last possible one finishes the shape. */
  extend(point) {
    this.draft = [...this.draft, point];
    if (this.draft.length >= this.type.maxPoints) this.finish();
    else this.onChange();
  }

  stretch(point) {
    this.draft = [this.draft[0], point];
    this.onChange();
  }

  /** Turn the draft into a shape. Returns whether it had enough points. */
  finish() {
    const points = this.draft;
    this.draft = null;
    const enough = points && points.length >= this.type.minPoints && this.type.isLargeEnough(points);
    if (enough) {
      this.commit([...this.shapes, { label: this.labels[this.label], points }]);
      this.select(this.shapes.length - 1);
      this.isNew = true;
    } else this.onChange();
    return Boolean(enough);
  }

  /** Remove the last point of the draft. */
  shorten() {
    this.draft = this.draft.length > 1 ? this.draft.slice(0, -1) : null;
    this.onChange();
  }

  abandon() {
    [this.draft, this.preview] = [null, null];
    this.onChange();
  }

  // Changing

  show(points) {
    this.preview = points;
    this.onChange();
  }

  /** Commit the dragged position. */
  settle() {
    const points = this.preview;
    this.preview = null;
    if (points && this.shape) this.change({ points });
    else this.onChange();
  }

  change(changes, stroke) {
    this.commit(this.shapes.with(this.selected, { ...this.shape, ...changes }), { stroke });
  }

  /** Move the selected shape or its handle within the picture; repeated presses of a key are one undo step. */
  nudge(dx, dy, picture) {
    const { shape, type, handle } = this;
    if (!shape) return;
    const at = handle < 0 ? shape.points : [type.handles(shape)[handle]];
    const by = movable(at, dx, dy, picture);
    const points =
      handle < 0 ? shifted(shape.points, by.dx, by.dy) : type.dragHandle(shape, handle, shifted(at, by.dx, by.dy)[0]);
    this.change({ points }, `nudge ${this.selected} ${handle}`);
  }

  /** Remove the corner of the selected handle if enough corners remain, else the selected shape. */
  remove() {
    if (!this.shape) return;
    const points = this.handle < 0 ? null : withoutCorner(this.type, this.shape, this.handle);
    if (points) {
      this.handle = -1;
      this.change({ points });
    } else {
      const at = this.selected;
      this.commit(this.shapes.toSpliced(at, 1));
      this.select(Math.min(at, this.shapes.length - 1));
    }
  }

  /** Toggle `hidden` or `locked` of a shape; such a shape cannot be selected. */
  toggle(index, what) {
    const shape = this.shapes[index];
    this.commit(this.shapes.with(index, { ...shape, [what]: !shape[what] }));
    if (this.selected === index) this.select(-1);
  }

  declareNothing(nothing) {
    this.commit(this.shapes, { nothing });
  }

  undo() {
    if (this.draft) this.shorten();
    else this.back(this.history.canUndo && this.history.undo());
  }

  redo() {
    this.back(this.history.canRedo && this.history.redo());
  }

  back(changed) {
    if (changed) this.select(this.selected < this.shapes.length ? this.selected : -1);
  }
}
