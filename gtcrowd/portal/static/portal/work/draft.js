// What the worker has done of a task without handing it in: kept in the browser at once, and by the server every few
// seconds, so that neither a lost page nor a lost machine loses it. What the server did not get is sent again.

const EVERY_MS = 5000;
const DONE = new Set(["taken", "refused", "notYours", "settled"]); // nothing is gained by sending it once more

export class Drafts {
  /** `save(draft)`: send it to the server; a promise of an outcome as of send.js. */
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
      // No room: the server has it.
    }
    this.timer ??= setTimeout(() => this.flush(), EVERY_MS);
  }

  /** Have the server keep what it has not got yet; a promise of whether it has all. */
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

  /** What was done of a task: as this browser has it, or else the server. */
  find(assignment, fromServer) {
    const local = this.stored();
    return local?.assignment === assignment ? local.state : (fromServer ?? null);
  }

  /** The task is over. Another one may have been begun since. */
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
      return null; // not ours
    }
  }
}
