// How long the worker was really at the task: only time in which the page is seen and has the focus counts.

export class ActiveTime {
  constructor(now = () => performance.now()) {
    this.now = now;
    this.restart();
    const update = () => this.update();
    for (const type of ["focus", "blur"]) window.addEventListener(type, () => setTimeout(update));
    document.addEventListener("visibilitychange", update);
  }

  restart() {
    this.counted = 0;
    this.since = null;
    this.update();
  }

  /** The focus in a frame of the page is the page's too: `hasFocus` says so. */
  update() {
    this.pause();
    if (document.visibilityState === "visible" && document.hasFocus()) this.since = this.now();
  }

  pause() {
    if (this.since !== null) this.counted += this.now() - this.since;
    this.since = null;
  }

  get seconds() {
    const running = this.since === null ? 0 : this.now() - this.since;
    return Math.round(this.counted + running) / 1000;
  }
}
