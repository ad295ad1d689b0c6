// The next task is fetched while the worker is at this one. The server keeps it for a short while only, so that nobody else
// waits for it: when that is over, and the worker is still there, it is asked for again.

const DELAY_MS = 400; // what the worker looks at comes first
const HOLD_MS = 80_000; // a little less than the server keeps it

export class Prefetch {
  /** `ask()`: a promise of an outcome as of send.js; `found(next)`, `gone()`: what to do with the task. */
  constructor({ isWanted, request, onTask, onExpired }) {
    Object.assign(this, { isWanted, request, onTask, onExpired });
    this.task = null;
  }

  start() {
    clearTimeout(this.timer);
    this.task = null;
    this.timer = setTimeout(() => this.fetch(), DELAY_MS);
  }

  async fetch() {
    if (!this.isWanted() || document.visibilityState !== "visible") return this.retry();
    const { kind, reply } = await this.request();
    if (kind !== "taken" || !reply.next) return kind === "offline" ? this.retry() : undefined;
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

  /** The task that is there, with the time that is left of it, to be shown without asking; null if there is none. */
  take() {
    const { task } = this;
    clearTimeout(this.timer);
    this.task = null;
    return task && { ...task, secondsLeft: task.secondsLeft - (performance.now() - this.fetchedAt) / 1000 };
  }
}
