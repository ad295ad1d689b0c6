// The sandboxed frame: puts tasks on, one after another, and speaks with them.

import { listenToFrame, tellFrame } from "../messages.js";

const PATIENCE_SECONDS = 15;

export class Stage {
  /** `handlers`: ready, answer, key as in messages.js, and `fault` when a task does not come up, `shut` when it had to be
   *  taken away. */
  constructor(frame, handlers) {
    this.frame = frame;
    this.handlers = handlers;
  }

  /** Show the page at `address`. A fresh element, because a changed `src` would add to the browser's history. */
  show(address) {
    const next = this.frame.cloneNode();
    next.src = address;
    this.frame.replaceWith(next);
    this.frame = next;
    this.attend();
  }

  attend() {
    this.stop?.();
    clearTimeout(this.patience);
    this.frame.setAttribute("aria-busy", "true");
    this.stop = listenToFrame(this.frame, {
      ...this.handlers,
      ready: () => this.ready(),
      flood: () => this.shut(),
    });
    this.patience = setTimeout(() => this.handlers.fault(), PATIENCE_SECONDS * 1000);
  }

  /** Take away a page that does not let this one work. */
  shut() {
    this.stop();
    clearTimeout(this.patience);
    const empty = this.frame.cloneNode();
    empty.removeAttribute("src");
    this.frame.replaceWith(empty);
    this.frame = empty;
    this.handlers.shut();
  }

  ready() {
    clearTimeout(this.patience);
    this.frame.removeAttribute("aria-busy");
    this.focus();
    this.handlers.ready?.();
  }

  focus() {
    this.frame.focus();
    this.tell("focus");
  }

  tell(type, data) {
    tellFrame(this.frame, type, data);
  }
}
