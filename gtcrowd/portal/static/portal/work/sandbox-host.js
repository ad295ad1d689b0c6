// Show tasks in the sandbox, one after another, and exchange messages with them.

import { listenToSandbox, tellSandbox } from "../../workpage/messages.js";

const LOAD_TIMEOUT_SECONDS = 15;

export class SandboxHost {
  /** `handlers`: ready, answer, key as in messages.js, and `fault` when a task does not come up, `shut` when it had to be
   *  taken away. */
  constructor(iframe, handlers) {
    this.iframe = iframe;
    this.handlers = handlers;
    this.keys = {};
  }

  /** Use these keys, in this task and the next. */
  useKeys(keys) {
    this.keys = keys;
    for (const iframe of [this.iframe, this.next?.iframe]) if (iframe) tellSandbox(iframe, "keys", { keys });
  }

  /** Show the page at `address`: the one that is ready already, or a fresh one. A fresh element, because a changed `src`
   *  would add to the browser's history. */
  show(address) {
    const { next } = this;
    this.next = null;
    next?.stop();
    if (next?.address === address && next.ready) {
      this.stop?.();
      this.iframe.remove();
      this.iframe = next.iframe;
      for (const name of ["inert", "aria-hidden", "class"]) this.iframe.removeAttribute(name);
      this.iframe.id = "sandbox";
      this.listen();
      this.ready(next.guide);
      this.handlers.missing?.({ missing: next.missing });
      for (const error of next.errors) this.handlers.error?.(error);
      return;
    }
    next?.iframe.remove();
    const iframe = this.iframe.cloneNode();
    iframe.src = address;
    this.iframe.replaceWith(iframe);
    this.iframe = iframe;
    this.listen();
  }

  /** Load the page at `address` out of sight, to show it instantly later. */
  prefetch(address) {
    if (this.next?.address === address) return;
    this.forget();
    const iframe = this.iframe.cloneNode();
    iframe.id = "sandbox-next";
    iframe.className = "sandbox-next";
    iframe.inert = true;
    iframe.setAttribute("aria-hidden", "true");
    iframe.src = address;
    this.iframe.after(iframe);
    const next = { address, iframe, ready: false, missing: false, errors: [] };
    next.stop = listenToSandbox(iframe, {
      ready: (guide) => {
        Object.assign(next, { ready: true, guide });
        tellSandbox(iframe, "keys", { keys: this.keys });
      },
      missing: ({ missing }) => (next.missing = missing),
      error: (error) => next.errors.push(error),
      flood: () => this.forget(),
    });
    this.next = next;
  }

  /** Whether the page at `address` is loaded. */
  has(address) {
    return Boolean(this.next?.ready && this.next.address === address);
  }

  forget() {
    this.next?.stop();
    this.next?.iframe.remove();
    this.next = null;
  }

  listen() {
    this.stop?.();
    clearTimeout(this.timeout);
    this.iframe.setAttribute("aria-busy", "true");
    this.stop = listenToSandbox(this.iframe, {
      ...this.handlers,
      ready: (guide) => this.ready(guide),
      flood: () => this.shutDown(),
    });
    this.timeout = setTimeout(() => this.handlers.onFault(), LOAD_TIMEOUT_SECONDS * 1000);
  }

  /** Remove a page that interferes with this one. */
  shutDown() {
    this.stop();
    clearTimeout(this.timeout);
    const empty = this.iframe.cloneNode();
    empty.removeAttribute("src");
    this.iframe.replaceWith(empty);
    this.iframe = empty;
    this.handlers.onShutDown();
  }

  ready({ keys = [], tools = [], about = [] }) {
    clearTimeout(this.timeout);
    this.iframe.removeAttribute("aria-busy");
    this.tell("keys", { keys: this.keys });
    // An open dialog keeps the focus.
    if (!document.querySelector("dialog[open]")) this.focus();
    this.handlers.onReady?.({ keys, tools, about });
  }

  focus() {
    this.iframe.focus();
    this.tell("focus");
  }

  tell(type, data) {
    tellSandbox(this.iframe, type, data);
  }
}
