// The sandboxed frame: puts tasks on, one after another, and speaks with them.

import { listenToFrame, tellFrame } from "../../workpage/messages.js";

const PATIENCE_SECONDS = 15;

export class Stage {
  /** `handlers`: ready, answer, key as in messages.js, and `fault` when a task does not come up, `shut` when it had to be
   *  taken away. */
  constructor(frame, handlers) {
    this.frame = frame;
    this.handlers = handlers;
    this.keys = {};
  }

  /** These keys are in force, in this task and in the next. */
  useKeys(keys) {
    this.keys = keys;
    for (const frame of [this.frame, this.next?.frame]) if (frame) tellFrame(frame, "keys", { keys });
  }

  /** Show the page at `address`: the one that is ready already, or a fresh one. A fresh element, because a changed `src`
   *  would add to the browser's history. */
  show(address) {
    const { next } = this;
    this.next = null;
    next?.stop();
    if (next?.address === address && next.ready) {
      this.stop?.();
      this.frame.remove();
      this.frame = next.frame;
      for (const name of ["inert", "aria-hidden", "class"]) this.frame.removeAttribute(name);
      this.frame.id = "frame";
      this.attend();
      this.ready(next.guide);
      return;
    }
    next?.frame.remove();
    const fresh = this.frame.cloneNode();
    fresh.src = address;
    this.frame.replaceWith(fresh);
    this.frame = fresh;
    this.attend();
  }

  /** Load the page at `address` out of sight, so that it can be shown at once. */
  ahead(address) {
    if (this.next?.address === address) return;
    this.forget();
    const frame = this.frame.cloneNode();
    frame.id = "frame-ahead";
    frame.className = "frame-ahead";
    frame.inert = true;
    frame.setAttribute("aria-hidden", "true");
    frame.src = address;
    this.frame.after(frame);
    const next = { address, frame, ready: false };
    next.stop = listenToFrame(frame, {
      ready: (guide) => {
        Object.assign(next, { ready: true, guide });
        tellFrame(frame, "keys", { keys: this.keys });
      },
      flood: () => this.forget(),
    });
    this.next = next;
  }

  /** Whether the page at `address` is there and need not be loaded. */
  has(address) {
    return Boolean(this.next?.ready && this.next.address === address);
  }

  forget() {
    this.next?.stop();
    this.next?.frame.remove();
    this.next = null;
  }

  attend() {
    this.stop?.();
    clearTimeout(this.patience);
    this.frame.setAttribute("aria-busy", "true");
    this.stop = listenToFrame(this.frame, {
      ...this.handlers,
      ready: (guide) => this.ready(guide),
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

  ready({ keys = [], tools = [], about = [] }) {
    clearTimeout(this.patience);
    this.frame.removeAttribute("aria-busy");
    this.tell("keys", { keys: this.keys });
    // A dialog that is open keeps the keyboard.
    if (!document.querySelector("dialog[open]")) this.focus();
    this.handlers.ready?.({ keys, tools, about });
  }

  focus() {
    this.frame.focus();
    this.tell("focus");
  }

  tell(type, data) {
    tellFrame(this.frame, type, data);
  }
}
