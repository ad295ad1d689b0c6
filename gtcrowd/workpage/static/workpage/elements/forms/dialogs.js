// <crowd-modal>, <crowd-instructions>: dialogs that open from a link or button.
//
// Attributes: link-text, link-type (link, button). Regions of the instructions: short-summary, detailed-instructions,
// positive-example, negative-example.

import { build } from "../build.js";
import { text } from "../texts.js";
import { iconNamed } from "./icons.js";

class DialogOpener extends HTMLElement {
  connectedCallback() {
    if (this.dialog) return;
    const words = this.getAttribute("link-text") || text(this.words);
    const className = this.getAttribute("link-type") === "button" ? "button button-plain" : "button button-link";
    this.opener = build("button", { type: "button", class: className, "aria-haspopup": "dialog" }, words);
    const close = build(
      "button",
      { type: "button", class: "tool dialog-close", "aria-label": text("close") },
      iconNamed("close"),
    );
    this.dialog = build("dialog", { class: "dialog", "aria-label": words }, close, ...this.content());
    this.opener.addEventListener("click", () => this.open());
    close.addEventListener("click", () => this.close());
    this.append(this.opener, this.dialog);
  }

  open() {
    this.dialog.showModal();
  }

  close() {
    this.dialog.close();
  }
}

export class CrowdModal extends DialogOpener {
  words = "more";

  content() {
    return [...this.childNodes];
  }
}

export class CrowdInstructions extends DialogOpener {
  words = "instructions";

  connectedCallback() {
    if (this.dialog) return;
    const short = this.querySelector(":scope > short-summary");
    super.connectedCallback();
    if (short) this.prepend(short);
  }

  content() {
    const part = (tag, heading) => {
      const region = this.querySelector(`:scope > ${tag}`);
      return region
        ? [build("section", { class: tag }, ...(heading ? [build("h3", {}, text(heading))] : []), region)]
        : [];
    };
    return [
      ...part("detailed-instructions", "full"),
      ...part("positive-example", "goodExample"),
      ...part("negative-example", "badExample"),
    ];
  }
}
