// Count down the time left. Does not depend on the page.

export const LAST_MINUTE_SECONDS = 60;

/** `1:05:09` from an hour on, else `4:07`; never below zero. */
export function clock(seconds) {
  const total = Math.max(0, Math.ceil(seconds));
  const [h, m, s] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  const pad = (number) => String(number).padStart(2, "0");
  return h ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** `calm`, `soon` in the last minute, or `over`. */
export function urgency(seconds) {
  if (seconds <= 0) return "over";
  return seconds <= LAST_MINUTE_SECONDS ? "soon" : "calm";
}

/** Counts down from the server's time left. Uses the monotonic clock, because the worker's clock may be wrong. */
export class Countdown {
  /** `onTick(seconds)` is called every second; `onLastMinute()` once when the last minute begins. */
  constructor({ onTick, onLastMinute }) {
    Object.assign(this, { onTick, onLastMinute });
  }

  start(seconds) {
    clearInterval(this.ticking);
    this.end = performance.now() + seconds * 1000;
    this.warned = seconds <= LAST_MINUTE_SECONDS; // a short task needs no warning
    this.ticking = setInterval(() => this.tick(), 1000);
    this.tick();
  }

  stop() {
    clearInterval(this.ticking);
  }

  tick() {
    const left = (this.end - performance.now()) / 1000;
    this.onTick(left);
    if (!this.warned && left <= LAST_MINUTE_SECONDS) {
      this.warned = true;
      this.onLastMinute();
    }
  }
}
