// What was drawn, step by step, backwards and forwards without limit. States are plain values that never change.

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

  /** A new step; what had been undone is forgotten. Steps of one `stroke`, such as presses of one arrow key, are one. */
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
