// Hold answers until the server has accepted them: through lost connections, reloads, sign-ins and a closed browser.
// There may be several answers, because the worker can continue offline with a prefetched task.
//
// Answers are sent one after another, in order. Sending an answer twice is harmless (the server returns the same
// receipt), so when in doubt it is sent again.

const WAITS = [1, 2, 4, 8, 15, 30]; // seconds between attempts; the last value repeats
const SIGNED_OUT = 10; // seconds between checks whether the worker has signed in again

export class Outbox {
  /** `send(answer, others)` resolves to an outcome (send.js). `told(outcome, answer, waitSeconds)` hears of every try.
   *  `name`: of this person and job, for others may use this browser. */
  constructor({ name, send, onOutcome, storage = window.localStorage }) {
    Object.assign(this, { name, send, onOutcome, storage });
    this.answers = this.stored();
    this.tries = 0;
    this.sending = false;
    this.unknown = new Set(); // answers that belong to another account; they must not block the others
    window.addEventListener("online", () => this.now());
    // After signing in elsewhere, sending resumes without a click.
    window.addEventListener("focus", () => this.signedOut && this.now());
    document.addEventListener(
      "visibilitychange",
      () => document.visibilityState === "visible" && this.signedOut && this.now(),
    );
  }

  get empty() {
    return this.answers.length === 0;
  }

  holds(assignment) {
    return this.answers.some((other) => other.assignment === assignment);
  }

  put(answer) {
    this.answers.push(answer);
    this.store([...this.stored(), answer]);
    this.tries = 0;
    return this.now();
  }

  drop({ assignment }) {
    this.answers = this.answers.filter((other) => other.assignment !== assignment);
    this.store(this.stored().filter((other) => other.assignment !== assignment));
  }

  /** Send all answers again, including those of another account. */
  again() {
    this.unknown.clear();
    return this.now();
  }

  async now() {
    const answer = this.answers.find((other) => !this.unknown.has(other.assignment));
    if (this.sending || !answer) return;
    clearTimeout(this.waiting);
    this.sending = true;
    const others = this.answers.filter((other) => other !== answer && !this.unknown.has(other.assignment));
    const outcome = await this.send(answer, others);
    this.sending = false;
    this.signedOut = outcome.kind === "signedOut";
    if (outcome.final) this.drop(answer);
    if (outcome.kind === "notYours") this.unknown.add(answer.assignment);
    if (outcome.final) this.tries = 0;
    const wait = this.signedOut ? SIGNED_OUT : outcome.retry ? WAITS[Math.min(this.tries++, WAITS.length - 1)] : 0;
    if (wait) this.waiting = setTimeout(() => this.now(), wait * 1000);
    this.onOutcome(outcome, answer, wait);
    if (!wait) this.now();
  }

  stored() {
    try {
      const answers = JSON.parse(this.storage.getItem(this.name) ?? "[]");
      return Array.isArray(answers) ? answers : [];
    } catch {
      return [];
    }
  }

  store(answers) {
    try {
      if (answers.length) this.storage.setItem(this.name, JSON.stringify(answers));
      else this.storage.removeItem(this.name);
    } catch {
      // Storage is full: only this page has the answer, and asks before it is left.
    }
  }
}
