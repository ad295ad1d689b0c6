// <crowd-tabs> of <crowd-tab header="…">: shows one tab at a time. Arrow keys move between tabs.

import { build } from "../build.js";

let count = 0;

export class CrowdTabs extends HTMLElement {
  connectedCallback() {
    if (this.buttons) return;
    this.tabs = [...this.querySelectorAll(":scope > crowd-tab")];
    this.buttons = this.tabs.map((tab, index) => this.button(tab, index));
    const list = build("div", { role: "tablist", class: "tabs" }, ...this.buttons);
    list.addEventListener("keydown", (event) => this.press(event));
    this.prepend(list);
    this.choose(0);
  }

  button(tab, index) {
    const id = `tab-${++count}`;
    tab.id ||= `${id}-panel`;
    tab.setAttribute("role", "tabpanel");
    tab.setAttribute("aria-labelledby", id);
    const control = build(
      "button",
      { type: "button", role: "tab", id, class: "tab", "aria-controls": tab.id },
      tab.getAttribute("header") ?? `${index + 1}`,
    );
    control.addEventListener("click", () => this.choose(index));
    return control;
  }

  choose(chosen) {
    this.buttons.forEach((button, index) => {
      button.setAttribute("aria-selected", String(index === chosen));
      button.tabIndex = index === chosen ? 0 : -1;
      this.tabs[index].hidden = index !== chosen;
    });
  }

  press(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = this.buttons.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = (at + step + this.buttons.length) % this.buttons.length;
    this.choose(next);
    this.buttons[next].focus();
  }
}
