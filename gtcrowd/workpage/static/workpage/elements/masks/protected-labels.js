// Labels and instances that are hidden or locked: their pixels do not change. What is invisible must not be overwritten
// by accident.

import { build } from "../build.js";
import { itemButton } from "../drawing/panel.js";
import { EYE, LOCK } from "../icon-paths.js";

export class ProtectedLabels {
  /** `changed()` is called after every change. Labels and instances are identified by their codes. */
  constructor(changed) {
    this.hidden = new Set();
    this.locked = new Set();
    this.changed = changed;
  }

  has(code) {
    return this.hidden.has(code) || this.locked.has(code);
  }

  /** By code, whether it is protected; null if none is. */
  get codes() {
    const none = !this.hidden.size && !this.locked.size;
    return none ? null : Array.from({ length: 256 }, (_nothing, code) => this.has(code));
  }

  /** `state`: "hidden" or "locked". */
  toggle(code, state) {
    if (!code) return;
    if (!this[state].delete(code)) this[state].add(code);
    this.changed();
  }

  /** The row of a label or instance in the list; `name` is the element that names it. */
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
