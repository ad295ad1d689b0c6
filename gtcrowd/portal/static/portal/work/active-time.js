// How long the worker was really at the task: only time counts in which the page is seen, has the focus, and the last
// input (hand, keyboard, or something that plays) is less than a minute ago.

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

  /** Another task is shown, which is to be looked at first. */
  restart() {
    this.counted = 0;
    this.runningSince = null;
    this.lastInput = this.now();
    this.update();
  }

  /** The worker does something. What is done inside the frame is told by its messages. */
  onInput() {
    this.pause();
    this.lastInput = this.now();
    this.update();
  }

  /** The focus in a frame of the page is the page's too: `hasFocus` says so. */
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
