// <crowd-button>, <crowd-icon-button>, <crowd-fab>: buttons. form-action="submit" submits the form, "reset" resets it;
// with href the button is a link that opens in a new tab.
//
// Attributes: variant (primary, normal, link, icon), icon, icon-align (left, right), loading, disabled, href, target;
// label and title for a fab.

import { build } from "../build.js";
import { iconNamed } from "./icons.js";

class Button extends HTMLElement {
  static observedAttributes = ["disabled", "loading"];

  connectedCallback() {
    if (this.control) return;
    this.control = this.createControl();
    this.append(this.control);
    this.attributeChangedCallback();
  }

  attributeChangedCallback() {
    if (!this.control) return;
    const off = this.hasAttribute("disabled") || this.hasAttribute("loading");
    if (this.control.localName === "button") this.control.disabled = off;
    this.control.setAttribute("aria-busy", this.hasAttribute("loading"));
  }

  get disabled() {
    return this.hasAttribute("disabled");
  }

  set disabled(disabled) {
    this.toggleAttribute("disabled", Boolean(disabled));
  }

  shell(attributes, ...children) {
    const href = this.getAttribute("href");
    const link = { href, target: this.getAttribute("target") || "_blank", rel: "noopener noreferrer" };
    return href
      ? build("a", { ...attributes, ...link }, ...children)
      : build("button", { type: "button", ...attributes }, ...children);
  }

  get icons() {
    const name = this.getAttribute("icon");
    return name ? [iconNamed(name)] : [];
  }
}

export class CrowdButton extends Button {
  createControl() {
    const variant =
      this.getAttribute("variant") || (this.getAttribute("form-action") === "submit" ? "primary" : "normal");
    const className = { primary: "button", link: "button button-link", icon: "tool" }[variant] ?? "button button-plain";
    const parts = [...this.icons, build("span", {}, ...this.childNodes)];
    if (this.getAttribute("icon-align") === "right") parts.reverse();
    return this.shell({ class: className }, ...parts);
  }
}

export class CrowdIconButton extends Button {
  createControl() {
    const accessibleName = this.getAttribute("title") || this.textContent.trim() || this.getAttribute("icon") || "";
    this.replaceChildren();
    return this.shell({ class: "tool", "aria-label": accessibleName }, ...this.icons);
  }
}

export class CrowdFab extends Button {
  createControl() {
    const label = this.getAttribute("label") ?? "";
    const accessibleName = this.getAttribute("title") || label || this.getAttribute("icon") || "";
    return this.shell({ class: "button fab", "aria-label": accessibleName }, ...this.icons, label);
  }
}
