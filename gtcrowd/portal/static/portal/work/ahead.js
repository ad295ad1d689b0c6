// The next task is fetched while the worker is at this one. The server keeps it for a short while only, so that nobody else
// waits for it: when that is over, and the worker is still there, it is asked for again.

const AFTER_MS = 400; // what the worker looks at comes first
const KEPT_MS = 80_000; // a little less than the server keeps it

export class Ahead {
  /** `ask()`: a promise of an outcome as of send.js; `found(next)`, `gone()`: what to do with the task. */
  constructor({ wanted, ask, found, gone }) {
    Object.assign(this, { wanted, ask, found, gone });
  }

  begin() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetch(), AFTER_MS);
  }

  async fetch() {
    if (!this.wanted() || document.visibilityState !== "visible") return this.later();
    const { kind, reply } = await this.ask();
    if (kind !== "taken" || !reply.next) return;
    this.found(reply.next);
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.gone();
      this.fetch();
    }, KEPT_MS);
  }
}
