// <crowd-button>, <crowd-icon-button>, <crowd-fab>: something to press. One with form-action="submit" hands the form in,
// with "reset" it empties it; one with href leads there, in a new tab.
//
// Attributes: variant (primary, normal, link, icon), icon, icon-align (left, right), loading, disabled, href, target;
// label and title for a fab.

import { build } from "../build.js";
import { named } from "./icons.js";

class Button extends HTMLElement {
  static observedAttributes = ["disabled", "loading"];

  connectedCallback() {
    if (this.control) return;
    this.control = this.made();
    this.append(this.control);
    this.attributeChangedCallback();
  }

  attributeChangedCallback() {
    if (!this.control) return;
    const off = this.hasAttribute("disabled") || this.hasAttribute("loading");
    if (this.control.localName === "button") this.control.disabled = off;
    this.control.setAttribute("aria-busy", this.hasAttribute("loading"));
  }

  shell(attributes, ...children) {
    const href = this.getAttribute("href");
    const link = { href, target: this.getAttribute("target") || "_blank", rel: "noopener noreferrer" };
    return href ? build("a", { ...attributes, ...link }, ...children) : build("button", { type: "button", ...attributes }, ...children);
  }

  get picture() {
    const name = this.getAttribute("icon");
    return name ? [named(name)] : [];
  }
}

export class CrowdButton extends Button {
  made() {
    const variant = this.getAttribute("variant") || (this.getAttribute("form-action") === "submit" ? "primary" : "normal");
    const look = { primary: "button", link: "button button-link", icon: "tool" }[variant] ?? "button button-plain";
    const parts = [...this.picture, build("span", {}, ...this.childNodes)];
    if (this.getAttribute("icon-align") === "right") parts.reverse();
    return this.shell({ class: look }, ...parts);
  }
}

export class CrowdIconButton extends Button {
  made() {
    const said = this.getAttribute("title") || this.textContent.trim() || this.getAttribute("icon") || "";
    this.replaceChildren();
    return this.shell({ class: "tool", "aria-label": said }, ...this.picture);
  }
}

export class CrowdFab extends Button {
  made() {
    const label = this.getAttribute("label") ?? "";
    const said = this.getAttribute("title") || label || this.getAttribute("icon") || "";
    return this.shell({ class: "button fab", "aria-label": said }, ...this.picture, label);
  }
}
