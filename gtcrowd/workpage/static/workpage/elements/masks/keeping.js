// Labels and things that are hidden or locked: what is painted with them stays as it is, and nothing is added to it. What
// cannot be seen must not be painted over unawares.

import { build } from "../build.js";
import { markTool } from "../drawing/panel.js";
import { EYE, LOCK } from "../signs.js";

export class Keeping {
  /** `changed()` is called after every change. Labels and things are named by their codes. */
  constructor(changed) {
    this.hidden = new Set();
    this.locked = new Set();
    this.changed = changed;
  }

  has(code) {
    return this.hidden.has(code) || this.locked.has(code);
  }

  /** By code whether it is kept as it is; null if none is. */
  get codes() {
    const none = !this.hidden.size && !this.locked.size;
    return none ? null : Array.from({ length: 256 }, (_nothing, code) => this.has(code));
  }

  /** `what`: "hidden" or "locked". */
  toggle(code, what) {
    if (!code) return;
    if (!this[what].delete(code)) this[what].add(code);
    this.changed();
  }

  /** The row of a label or thing in the list beside the picture; `name`: an element for it. */
  row({ code, words, name, selected }) {
    const [hidden, locked] = [this.hidden.has(code), this.locked.has(code)];
    return build(
      "li",
      { class: `mark${selected ? " mark-selected" : ""}` },
      name,
      markTool(hidden ? "show" : "hide", EYE, words, hidden, () => this.toggle(code, "hidden")),
      markTool(locked ? "unlock" : "lock", LOCK, words, locked, () => this.toggle(code, "locked")),
    );
  }
}
