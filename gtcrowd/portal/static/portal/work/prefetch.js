// Load the next task while the worker is busy with this one. The server reserves it for a short time only, so that
// nobody else waits for it; when the reservation ends, request it again.

const DELAY_MS = 400; // the current task loads first
const HOLD_MS = 80_000; // a little less than the server reserves it

export class Prefetch {
  /** `request()` resolves to an outcome (send.js); `onTask(next)` and `onExpired()` are called with the task and when it expires. */
  constructor({ isWanted, request, onTask, onExpired }) {
    Object.assign(this, { isWanted, request, onTask, onExpired });
    this.task = null;
  }

  /** Load the task after the one on screen, whose assignment is `shown`. One that is loaded already stays at hand. */
  start(shown) {
    clearTimeout(this.timer);
    if (this.task?.assignment === shown) this.task = null;
    this.timer = setTimeout(() => this.fetch(), DELAY_MS);
  }

  async fetch() {
    if (!this.isWanted() || document.visibilityState !== "visible") return this.retry();
    const { kind, reply } = await this.request();
    if (kind === "offline") return this.retry();
    this.task = null;
    if (kind !== "taken" || !reply.next) return;
    this.task = reply.next;
    this.fetchedAt = performance.now();
    this.onTask(reply.next);
    this.retry();
  }

  retry() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.task = null;
      this.onExpired();
      this.fetch();
    }, HOLD_MS);
  }

  /** Take the prefetched task with its remaining time, or null. */
  take() {
    const { task } = this;
    clearTimeout(this.timer);
    this.task = null;
    return task && { ...task, secondsLeft: task.secondsLeft - (performance.now() - this.fetchedAt) / 1000 };
  }
}
