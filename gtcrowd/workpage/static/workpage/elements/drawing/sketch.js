// What has been drawn on a picture and what is being drawn: the shapes with their history, the one selected, the label in
// hand, and the points of a shape not finished yet. Knows no page; `told()` is called after every change.

import { movable, shifted } from "./geometry.js";
import { History } from "../history.js";
import { TYPES, withoutCorner } from "./types.js";

export class Sketch {
  constructor({ type, labels, shapes = [], told }) {
    this.type = TYPES[type];
    this.labels = labels;
    this.label = 0;
    this.history = new History({ shapes, nothing: false });
    this.selected = -1;
    this.handle = -1; // of the selected shape, the one that the keyboard moves; -1: the whole
    this.fresh = false; // the selected one has just been drawn: a label taken in hand is for the next
    this.draft = null; // points of a shape that is being drawn
    this.preview = null; // points of the selected shape while it is being pulled or carried
    this.told = told;
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

  /** The shapes as they are to be seen: the selected one where it is being pulled to. */
  get seen() {
    if (!this.preview || !this.shape) return this.shapes;
    return this.shapes.with(this.selected, { ...this.shape, points: this.preview });
  }

  /** Whether the picture has been dealt with: something drawn, or declared to have nothing. */
  get settled() {
    return this.shapes.length > 0 || this.nothing;
  }

  keep(shapes, { nothing = false, stroke } = {}) {
    this.history.push({ shapes, nothing: nothing && !shapes.length }, stroke);
    this.selected = Math.min(this.selected, shapes.length - 1);
    this.told();
  }

  select(index, handle = -1) {
    [this.selected, this.handle, this.preview, this.fresh] = [index, handle, null, false];
    if (this.shape && this.labels.includes(this.shape.label)) this.label = this.labels.indexOf(this.shape.label);
    this.told();
  }

  /** The next or the one before, of those that can be changed; around at the ends. */
  cycle(step) {
    const free = [...this.shapes.keys()].filter((index) => !this.shapes[index].hidden && !this.shapes[index].locked);
    if (!free.length) return;
    const place = free.indexOf(this.selected);
    this.select(free[(place + step + (place < 0 && step < 0 ? 1 : 0) + free.length) % free.length]);
  }

  cycleHandle() {
    if (!this.shape) return;
    const handles = this.type.handles(this.shape).length;
    this.handle = this.handle + 1 < handles ? this.handle + 1 : -1;
    this.told();
  }

  /** Take a label in hand; a shape that was selected on purpose gets it. */
  choose(label) {
    this.label = label;
    const name = this.labels[label];
    if (this.shape && !this.fresh && !this.draft && this.shape.label !== name) {
      this.keep(this.shapes.with(this.selected, { ...this.shape, label: name }));
    } else this.told();
  }

  // Drawing

  begin(point) {
    this.select(-1);
    this.draft = [point];
    if (this.type.most === 1) this.finish();
    else this.told();
  }

  /** A further point; the last possible one finishes the shape. */
  extend(point) {
    this.draft = [...this.draft, point];
    if (this.draft.length >= this.type.most) this.finish();
    else this.told();
  }

  stretch(point) {
    this.draft = [this.draft[0], point];
    this.told();
  }

  /** Make a shape of the draft; whether it was enough for one. */
  finish() {
    const points = this.draft;
    this.draft = null;
    const enough = points && points.length >= this.type.least && this.type.begun(points);
    if (enough) {
      this.keep([...this.shapes, { label: this.labels[this.label], points }]);
      this.select(this.shapes.length - 1);
      this.fresh = true;
    } else this.told();
    return Boolean(enough);
  }

  /** Take the last point of the draft back. */
  shorten() {
    this.draft = this.draft.length > 1 ? this.draft.slice(0, -1) : null;
    this.told();
  }

  abandon() {
    [this.draft, this.preview] = [null, null];
    this.told();
  }

  // Changing

  show(points) {
    this.preview = points;
    this.told();
  }

  /** Keep what is being pulled or carried. */
  settle() {
    const points = this.preview;
    this.preview = null;
    if (points && this.shape) this.change({ points });
    else this.told();
  }

  change(facts, stroke) {
    this.keep(this.shapes.with(this.selected, { ...this.shape, ...facts }), { stroke });
  }

  /** Move the selected shape, or its handle, within the picture; presses of one key are one step of the history. */
  nudge(dx, dy, picture) {
    const { shape, type, handle } = this;
    if (!shape) return;
    const at = handle < 0 ? shape.points : [type.handles(shape)[handle]];
    const by = movable(at, dx, dy, picture);
    const points = handle < 0 ? shifted(shape.points, by.dx, by.dy) : type.pulled(shape, handle, shifted(at, by.dx, by.dy)[0]);
    this.change({ points }, `nudge ${this.selected} ${handle}`);
  }

  /** Remove the handle's corner if a handle is chosen and enough are left, else the selected shape. */
  remove() {
    if (!this.shape) return;
    const points = this.handle < 0 ? null : withoutCorner(this.type, this.shape, this.handle);
    if (points) {
      this.handle = -1;
      this.change({ points });
    } else {
      const at = this.selected;
      this.keep(this.shapes.toSpliced(at, 1));
      this.select(Math.min(at, this.shapes.length - 1));
    }
  }

  /** Hide or lock a shape, or show or free it again; it cannot be selected meanwhile. */
  toggle(index, what) {
    const shape = this.shapes[index];
    this.keep(this.shapes.with(index, { ...shape, [what]: !shape[what] }));
    if (this.selected === index) this.select(-1);
  }

  declareNothing(nothing) {
    this.keep(this.shapes, { nothing });
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
