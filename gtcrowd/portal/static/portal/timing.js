// Times as text, and the time a person really spent: while the page was visible and had the focus.

export function clock(seconds) {
  const rest = String(seconds % 60).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

export class ActiveTime {
  constructor(now = () => performance.now(), present = () => document.visibilityState === "visible" && document.hasFocus()) {
    this.now = now;
    this.present = present;
    this.restart();
    for (const event of ["visibilitychange", "focus", "blur"]) {
      window.addEventListener(event, () => setTimeout(() => this.look(), 0), true);
    }
  }

  restart() {
    this.sum = 0;
    this.since = this.present() ? this.now() : null;
  }

  look() {
    if (this.since !== null) this.sum += this.now() - this.since;
    this.since = this.present() ? this.now() : null;
  }

  seconds() {
    this.look();
    return Math.round(this.sum) / 1000;
  }
}
