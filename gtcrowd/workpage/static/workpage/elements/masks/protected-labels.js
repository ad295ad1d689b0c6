// Labels and things that are hidden or locked: what is painted with them stays as it is, and nothing is added to it. What
// cannot be seen must not be painted over unawares.

import { build } from "../build.js";
import { itemButton } from "../drawing/panel.js";
import { EYE, LOCK } from "../icon-paths.js";

export class ProtectedLabels {
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
  toggle(code, state) {
    if (!code) return;
    if (!this[state].delete(code)) this[state].add(code);
    this.changed();
  }

  /** The row of a label or thing in the list beside the picture; `name`: an element for it. */
  row({ code, words, name, selected }) {
    const [hidden, locked] = [this.hidden.has(code), this.locked.has(code)];
    return build(
      "li",
      { class: `annotation${selected ? " annotation-selected" : ""}` },
      name,
      itemButton(hidden ? "show" : "hide", EYE, words, hidden, () => this.toggle(code, "hidden")),
      itemButton(locked ? "unlock" : "lock", LOCK, words, locked, () => this.toggle(code, "locked")),
    );
  }
}
