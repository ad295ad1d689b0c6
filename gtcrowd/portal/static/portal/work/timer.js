// Time left, in words, and how pressing it is; computed without a page.

export const SOON_SECONDS = 60;

/** `1:05:09` from an hour on, else `4:07`; never below zero. */
export function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** `calm`, `soon` in the last minute, `over`. */
export function urgency(seconds) {
  if (seconds <= 0) return "over";
  return seconds <= SOON_SECONDS ? "soon" : "calm";
}

/** Counts down from what the server says is left. Uses the monotonic clock: the worker's own may be wrong. */
export class Countdown {
  /** `shown(seconds)` is called every second; `soon()` once when the last minute begins. */
  constructor({ shown, soon }) {
    Object.assign(this, { shown, soon });
  }

  start(seconds) {
    clearInterval(this.ticking);
    this.end = performance.now() + seconds * 1000;
    this.warned = seconds <= SOON_SECONDS; // a task that is short from the start needs no warning
    this.ticking = setInterval(() => this.tick(), 1000);
    this.tick();
  }

  stop() {
    clearInterval(this.ticking);
  }

  tick() {
    const left = (this.end - performance.now()) / 1000;
    this.shown(left);
    if (!this.warned && left <= SOON_SECONDS) {
      this.warned = true;
      this.soon();
    }
  }
}
