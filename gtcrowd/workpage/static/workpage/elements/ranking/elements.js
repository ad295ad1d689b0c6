// <crowd-ranking>: put items in order, best first. Pressing an item, or its key, gives it the next rank; pressing it
// again removes it. Buttons reorder the items; Backspace removes the last one.
//
// Attributes: name, header, items (a list), value (a JSON list: the order so far). Event: `crowd-change`, bubbling.
// Answer: {ranking: ["…"]}, all items.

import { readList } from "../attributes.js";
import { build } from "../build.js";
import { CrowdElement } from "../crowd-element.js";
import { instructionsOf } from "../instructions.js";
import { indexFor, keysFor, onKeys } from "../keys.js";
import { text } from "../texts.js";

class CrowdRanking extends CrowdElement {
  connectedCallback() {
    if (this.list) return;
    this.items = readList(this.getAttribute("items") ?? "");
    this.itemKeys = keysFor(this.items);
    this.order = readList(this.getAttribute("value") ?? "").filter((item) => this.items.includes(item));
    const header = this.getAttribute("header") || text("rank");
    this.list = build("ol", { class: "ranks", "aria-label": text("ranked") });
    this.pool = build("div", { class: "choices-list" });
    this.status = build("p", { class: "visually-hidden", "aria-live": "polite" });
    this.append(
      build("fieldset", { class: "choices" }, build("legend", {}, header), this.list, this.pool),
      this.status,
      ...instructionsOf(this),
    );
    this.draw();
    onKeys(() => {
      this.itemKeys = keysFor(this.items);
      this.draw();
    });
  }

  get name() {
    return this.getAttribute("name") ?? this.localName;
  }

  get answer() {
    return { ranking: this.order };
  }

  get keys() {
    return [
      ["1 – 9", "keyPlace"],
      ["Backspace", "keyBack"],
    ];
  }

  get draft() {
    return { order: this.order };
  }

  restore({ order }) {
    this.setOrder(order);
  }

  get problem() {
    return this.order.length < this.items.length ? text("notRanked") : null;
  }

  press(event) {
    if (event.key === "Backspace" && this.order.length) this.setOrder(this.order.slice(0, -1));
    else {
      const index = indexFor(event, this.itemKeys);
      if (index < 0) return false;
      this.toggle(this.items[index]);
    }
    return true;
  }

  takeFocus() {
    this.querySelector("button")?.focus({ preventScroll: true });
  }

  toggle(item) {
    this.setOrder(this.order.includes(item) ? this.order.filter((other) => other !== item) : [...this.order, item]);
  }

  swap(index, other) {
    const order = [...this.order];
    [order[index], order[other]] = [order[other], order[index]];
    this.setOrder(order);
  }

  setOrder(order) {
    this.order = order;
    this.setAttribute("value", JSON.stringify(order));
    const focused = document.activeElement?.dataset?.action;
    this.draw();
    [...this.querySelectorAll("button")].find((button) => button.dataset.action === focused)?.focus();
    this.status.textContent = order.map((item, index) => `${index + 1}. ${item}`).join(", ");
    this.notify();
  }

  draw() {
    const button = (action, accessibleName, words, done, off = false) => {
      const control = build(
        "button",
        {
          type: "button",
          class: "tool",
          "aria-label": accessibleName,
          title: accessibleName,
          disabled: off,
          "data-action": action,
        },
        words,
      );
      control.addEventListener("click", done);
      return control;
    };
    this.list.replaceChildren(
      ...this.order.map((item, index) =>
        build(
          "li",
          { class: "rank" },
          build("span", { class: "rank-text" }, item),
          button(`up ${item}`, `${text("up")}: ${item}`, "↑", () => this.swap(index, index - 1), index === 0),
          button(
            `down ${item}`,
            `${text("down")}: ${item}`,
            "↓",
            () => this.swap(index, index + 1),
            index === this.order.length - 1,
          ),
          button(`out ${item}`, `${text("remove")}: ${item}`, "×", () => this.toggle(item)),
        ),
      ),
    );
    this.pool.replaceChildren(
      ...this.items.flatMap((item, index) => {
        if (this.order.includes(item)) return [];
        const key = this.itemKeys[index];
        const control = build(
          "button",
          { type: "button", class: "choice", "data-action": `in ${item}`, "aria-keyshortcuts": key },
          build("span", { class: "choice-label" }, item),
          ...(key ? [build("kbd", { "aria-hidden": "true" }, key.toUpperCase())] : []),
        );
        control.addEventListener("click", () => this.toggle(item));
        return [control];
      }),
    );
  }
}

export const ELEMENTS = { "crowd-ranking": CrowdRanking };
