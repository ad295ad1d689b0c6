// The next task is fetched while the worker is at this one. The server keeps it for a short while only, so that nobody else
// waits for it: when that is over, and the worker is still there, it is asked for again.

const AFTER_MS = 400; // what the worker looks at comes first
const KEPT_MS = 80_000; // a little less than the server keeps it

export class Ahead {
  /** `ask()`: a promise of an outcome as of send.js; `found(next)`, `gone()`: what to do with the task. */
  constructor({ wanted, ask, found, gone }) {
    Object.assign(this, { wanted, ask, found, gone });
    this.task = null;
  }

  begin() {
    clearTimeout(this.timer);
    this.task = null;
    this.timer = setTimeout(() => this.fetch(), AFTER_MS);
  }

  async fetch() {
    if (!this.wanted() || document.visibilityState !== "visible") return this.later();
    const { kind, reply } = await this.ask();
    if (kind !== "taken" || !reply.next) return kind === "offline" ? this.later() : undefined;
    this.task = reply.next;
    this.since = performance.now();
    this.found(reply.next);
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.task = null;
      this.gone();
      this.fetch();
    }, KEPT_MS);
  }

  /** The task that is there, with the time that is left of it, to be shown without asking; null if there is none. */
  take() {
    const { task } = this;
    clearTimeout(this.timer);
    this.task = null;
    return task && { ...task, secondsLeft: task.secondsLeft - (performance.now() - this.since) / 1000 };
  }
}
