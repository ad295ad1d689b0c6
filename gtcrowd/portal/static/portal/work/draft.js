// Save work in progress: in the browser at once, on the server every few seconds. What the server did not get is sent
// again.

const EVERY_MS = 5000;
const DONE = new Set(["taken", "refused", "notYours", "settled"]); // sending it again would change nothing

export class Drafts {
  /** `save(draft)` sends the draft and resolves to an outcome (send.js). */
  constructor({ name, save, storage = window.localStorage }) {
    Object.assign(this, { name, save, storage });
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.flush());
    window.addEventListener("online", () => this.flush());
  }

  keep(assignment, state) {
    this.waiting = { assignment, state };
    try {
      this.storage.setItem(this.name, JSON.stringify(this.waiting));
    } catch {
      // Storage is full: the server keeps the draft.
    }
    this.timer ??= setTimeout(() => this.flush(), EVERY_MS);
  }

  /** Send what the server does not have yet. Resolves to whether it has everything. */
  async flush() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const draft = this.waiting;
    if (!draft) return true;
    const { kind } = await this.save(draft);
    if (this.waiting === draft && DONE.has(kind)) this.waiting = null;
    if (this.waiting) this.timer ??= setTimeout(() => this.flush(), EVERY_MS);
    return kind === "taken";
  }

  /** The draft of a task, from this browser or else from the server. */
  find(assignment, fromServer) {
    const local = this.stored();
    return local?.assignment === assignment ? local.state : (fromServer ?? null);
  }

  /** Discard the draft of a finished task. Another task may have been started since. */
  drop(assignment) {
    if (this.waiting?.assignment === assignment) {
      clearTimeout(this.timer);
      [this.timer, this.waiting] = [undefined, null];
    }
    if (this.stored()?.assignment === assignment) this.storage.removeItem(this.name);
  }

  stored() {
    try {
      return JSON.parse(this.storage.getItem(this.name) ?? "null");
    } catch {
      return null; // not a draft of ours
    }
  }
}
