// <crowd-alert>, <crowd-badge>, <crowd-card>, <crowd-toast>: notices.

import { build } from "../build.js";
import { text } from "../texts.js";
import { iconNamed } from "./icons.js";

const ICONS = { success: "check", error: "error", warning: "warning" };

/** Attributes: type (info, success, error, warning), dismissible. */
export class CrowdAlert extends HTMLElement {
  connectedCallback() {
    if (this.classList.contains("alert")) return;
    const type = this.getAttribute("type") ?? "info";
    this.classList.add("alert", `alert-${type}`);
    this.setAttribute("role", type === "error" ? "alert" : "status");
    this.append(iconNamed(ICONS[type] ?? "info"), build("div", { class: "alert-text" }, ...this.childNodes));
    if (!this.hasAttribute("dismissible")) return;
    const close = build("button", { type: "button", class: "tool", "aria-label": text("close") }, iconNamed("close"));
    close.addEventListener("click", () => this.remove());
    this.append(close);
  }
}

/** Attributes: for (id of what it belongs to; otherwise what it stands in), icon, label. */
export class CrowdBadge extends HTMLElement {
  connectedCallback() {
    if (this.classList.contains("badge")) return;
    this.classList.add("badge");
    const iconName = this.getAttribute("icon");
    this.append(...(iconName ? [iconNamed(iconName)] : []), this.getAttribute("label") ?? "");
    const owner = document.getElementById(this.getAttribute("for") ?? "");
    if (owner) owner.after(this);
  }
}

/** Attributes: heading, image. */
export class CrowdCard extends HTMLElement {
  connectedCallback() {
    if (this.classList.contains("card")) return;
    this.classList.add("card");
    const [heading, image] = [this.getAttribute("heading"), this.getAttribute("image")];
    if (heading) this.prepend(build("h2", { class: "card-heading" }, heading));
    if (image) this.prepend(build("img", { class: "card-image", src: image, alt: "" }));
  }
}

/** Attributes: text, duration in ms (0: until it is taken away). Shown when it comes, and again by `show()`. */
export class CrowdToast extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "status");
    this.classList.add("toast");
    this.show();
  }

  show() {
    this.textContent = this.getAttribute("text") ?? this.textContent;
    this.hidden = false;
    clearTimeout(this.ending);
    const duration = Number(this.getAttribute("duration") ?? 3000);
    if (duration > 0) this.ending = setTimeout(() => (this.hidden = true), duration);
  }

  disconnectedCallback() {
    clearTimeout(this.ending);
  }
}
