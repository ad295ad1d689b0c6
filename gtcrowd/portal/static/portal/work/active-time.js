// Measure active time: time in which the page is visible and focused and the last input was less than a minute ago.

export const IDLE_MS = 60_000;

export class ActiveTime {
  constructor(now = () => performance.now()) {
    this.now = now;
    this.restart();
    const update = () => this.update();
    for (const type of ["focus", "blur"]) window.addEventListener(type, () => setTimeout(update));
    document.addEventListener("visibilitychange", update);
    const onInput = () => this.onInput();
    for (const type of ["pointerdown", "pointermove", "keydown", "wheel"])
      document.addEventListener(type, onInput, { capture: true, passive: true });
  }

  /** Start anew for another task. */
  restart() {
    this.counted = 0;
    this.runningSince = null;
    this.lastInput = this.now();
    this.update();
  }

  /** Record input. Input inside the sandbox is reported by its messages. */
  onInput() {
    this.pause();
    this.lastInput = this.now();
    this.update();
  }

  /** `hasFocus` is also true while the sandbox has the focus. */
  update() {
    this.pause();
    if (document.visibilityState === "visible" && document.hasFocus()) this.runningSince = this.now();
  }

  pause() {
    this.counted += this.running;
    this.runningSince = null;
  }

  get running() {
    return this.runningSince === null
      ? 0
      : Math.max(0, Math.min(this.now(), this.lastInput + IDLE_MS) - this.runningSince);
  }

  get seconds() {
    return Math.round(this.counted + this.running) / 1000;
  }
}
