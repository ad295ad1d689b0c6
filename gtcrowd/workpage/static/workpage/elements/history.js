// What was drawn, step by step, backwards and forwards without limit. States are plain values that never change.

export class History {
  constructor(first) {
    this.states = [first];
    this.place = 0;
  }

  get now() {
    return this.states[this.place];
  }

  get canUndo() {
    return this.place > 0;
  }

  get canRedo() {
    return this.place < this.states.length - 1;
  }

  /** A new step; what had been undone is forgotten. Steps of one `stroke`, such as presses of one arrow key, are one. */
  push(state, stroke) {
    if (state === this.now) return;
    const joins = stroke !== undefined && stroke === this.stroke && this.canUndo && !this.canRedo;
    this.states.length = this.place + 1;
    if (joins) this.states[this.place] = state;
    else this.place = this.states.push(state) - 1;
    this.stroke = stroke;
  }

  undo() {
    if (this.canUndo) this.place -= 1;
    this.stroke = undefined;
    return this.now;
  }

  redo() {
    if (this.canRedo) this.place += 1;
    this.stroke = undefined;
    return this.now;
  }
}
