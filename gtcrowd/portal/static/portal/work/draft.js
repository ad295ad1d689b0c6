// What the worker has done of a task without handing it in: kept in the browser at once, and by the server every few
// seconds, so that neither a lost page nor a lost machine loses it.

const EVERY_MS = 5000;

export class Drafts {
  /** `save(draft)`: send it to the server. */
  constructor({ name, save, storage = window.localStorage }) {
    Object.assign(this, { name, save, storage });
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.flush());
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

  flush() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting) this.save(this.waiting);
    this.waiting = null;
  }

  /** What was done of a task: as this browser has it, or else the server. */
  find(assignment, kept) {
    try {
      const own = JSON.parse(this.storage.getItem(this.name) ?? "null");
      if (own?.assignment === assignment) return own.state;
    } catch {
      // Not ours.
    }
    return kept ?? null;
  }

  /** The task is over. */
  drop() {
    clearTimeout(this.timer);
    [this.timer, this.waiting] = [undefined, null];
    this.storage.removeItem(this.name);
  }
}
