// Holds an answer until the server has taken it: through lost connections, reloads and signing in again.
//
// Sending the same answer twice does no harm (the server gives the same receipt), so when in doubt it is sent again.

const WAITS = [1, 2, 4, 8, 15, 30]; // seconds between tries; the last one repeats

export class Outbox {
  /** `send(answer)` resolves to an outcome (send.js). `told(outcome, answer, waitSeconds)` hears of every try. */
  constructor({ name, send, told, storage = window.sessionStorage }) {
    Object.assign(this, { name, send, told, storage });
    this.tries = 0;
    this.sending = false;
    window.addEventListener("online", () => this.kept && this.now());
  }

  get kept() {
    return JSON.parse(this.storage.getItem(this.name) ?? "null");
  }

  put(answer) {
    this.storage.setItem(this.name, JSON.stringify(answer));
    this.tries = 0;
    return this.now();
  }

  drop() {
    clearTimeout(this.waiting);
    this.storage.removeItem(this.name);
  }

  async now() {
    const answer = this.kept;
    if (this.sending || !answer) return;
    clearTimeout(this.waiting);
    this.sending = true;
    const outcome = await this.send(answer);
    this.sending = false;
    if (outcome.final) this.drop();
    const wait = outcome.retry ? WAITS[Math.min(this.tries++, WAITS.length - 1)] : 0;
    if (outcome.retry) this.waiting = setTimeout(() => this.now(), wait * 1000);
    this.told(outcome, answer, wait);
  }
}
