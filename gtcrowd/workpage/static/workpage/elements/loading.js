// Load a picture; if that fails, show a panel with a button to try again. Event: `crowd-missing` on the
// document, detail {source, missing}.

import { build } from "./build.js";
import { text } from "./texts.js";

export class Loading {
  /** `onChange()` is called when the picture has loaded or failed. */
  constructor({ src, alt, onChange }) {
    this.src = src;
    this.onChange = onChange;
    this.tries = 0;
    this.failed = false;
    this.image = build("img", { alt, draggable: "false", decoding: "async" });
    this.panel = this.createPanel();
    this.image.addEventListener("load", () => this.settle(false));
    this.image.addEventListener("error", () => this.settle(true));
  }

  start() {
    this.failed = false;
    this.panel.hidden = true;
    // Browsers remember failed addresses; a changed query forces a new request.
    this.image.src = this.tries ? `${this.src}?try=${this.tries}` : this.src;
    this.tries += 1;
  }

  get size() {
    return { width: this.image.naturalWidth, height: this.image.naturalHeight };
  }

  settle(failed) {
    this.failed = failed;
    this.panel.hidden = !failed;
    this.sentence.textContent = this.problem;
    document.dispatchEvent(new CustomEvent("crowd-missing", { detail: { source: this, missing: failed } }));
    this.onChange();
  }

  /** Why there is no picture. */
  get problem() {
    const { origin } = new URL(this.src, document.baseURI);
    return text(window.gtcrowdFaults?.blocked.has(origin) ? "blocked" : "missing");
  }

  createPanel() {
    this.sentence = build("strong", {}, text("missing"));
    const again = build("button", { type: "button", class: "button button-plain" }, text("retry"));
    again.addEventListener("click", () => {
      this.start();
      this.onChange();
    });
    return build(
      "div",
      { class: "picture-fault", role: "alert", hidden: true },
      build("p", {}, this.sentence),
      again,
      build("p", {}, text("giveUp")),
    );
  }
}
