// Undo and redo without limit. States are immutable plain values.

export class History {
  constructor(initial) {
    this.states = [initial];
    this.index = 0;
  }

  get now() {
    return this.states[this.index];
  }

  get canUndo() {
    return this.index > 0;
  }

  get canRedo() {
    return this.index < this.states.length - 1;
  }

  /** Add a step and discard what was undone. Steps with the same `stroke`, such as repeated arrow keys, are merged. */
  push(state, stroke) {
    if (state === this.now) return;
    const joins = stroke !== undefined && stroke === this.stroke && this.canUndo && !this.canRedo;
    this.states.length = this.index + 1;
    if (joins) this.states[this.index] = state;
    else this.index = this.states.push(state) - 1;
    this.stroke = stroke;
  }

  undo() {
    if (this.canUndo) this.index -= 1;
    this.stroke = undefined;
    return this.now;
  }

  redo() {
    if (this.canRedo) this.index += 1;
    this.stroke = undefined;
    return this.now;
  }
}
