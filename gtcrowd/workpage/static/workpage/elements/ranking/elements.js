// <crowd-ranking>: several items to be put in an order, best first. Pressing an item, or its key, gives it the next place;
// pressing it again takes it out; the places can be changed by buttons, and the last one is taken back by Backspace.
//
// Attributes: name, header, items (a list), value (a JSON list: the order so far). Event: `crowd-change`, bubbling.
// Answer: {ranking: ["…"]}, all items.

import { readList } from "../attributes.js";
import { build } from "../build.js";
import { instructionsOf } from "../instructions.js";
import { indexFor, keysFor, onKeys } from "../keys.js";
import { text } from "../texts.js";

class CrowdRanking extends HTMLElement {
  connectedCallback() {
    if (this.list) return;
    this.items = readList(this.getAttribute("items") ?? "");
    this.presses = keysFor(this.items);
    this.order = readList(this.getAttribute("value") ?? "").filter((item) => this.items.includes(item));
    const header = this.getAttribute("header") || text("rank");
    this.list = build("ol", { class: "ranks", "aria-label": text("ranked") });
    this.pool = build("div", { class: "choices-list" });
    this.said = build("p", { class: "sr", "aria-live": "polite" });
    this.append(build("fieldset", { class: "choices" }, build("legend", {}, header), this.list, this.pool), this.said, ...instructionsOf(this));
    this.draw();
    onKeys(() => {
      this.presses = keysFor(this.items);
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
    return [["1 – 9", "keyPlace"], ["Backspace", "keyBack"]];
  }

  get draft() {
    return { order: this.order };
  }

  restore({ order }) {
    this.put(order);
  }

  get problem() {
    return this.order.length < this.items.length ? text("notRanked") : null;
  }

  press(event) {
    if (event.key === "Backspace" && this.order.length) this.put(this.order.slice(0, -1));
    else {
      const index = indexFor(event, this.presses);
      if (index < 0) return false;
      this.toggle(this.items[index]);
    }
    return true;
  }

  takeFocus() {
    this.querySelector("button")?.focus({ preventScroll: true });
  }

  toggle(item) {
    this.put(this.order.includes(item) ? this.order.filter((one) => one !== item) : [...this.order, item]);
  }

  swap(place, other) {
    const order = [...this.order];
    [order[place], order[other]] = [order[other], order[place]];
    this.put(order);
  }

  put(order) {
    this.order = order;
    this.setAttribute("value", JSON.stringify(order));
    const focused = document.activeElement?.dataset?.act;
    this.draw();
    [...this.querySelectorAll("button")].find((one) => one.dataset.act === focused)?.focus();
    this.said.textContent = order.map((item, place) => `${place + 1}. ${item}`).join(", ");
    this.dispatchEvent(new CustomEvent("crowd-change", { bubbles: true, detail: { name: this.name } }));
  }

  draw() {
    const button = (act, said, words, done, off = false) => {
      const made = build("button", { type: "button", class: "tool", "aria-label": said, title: said, disabled: off, "data-act": act }, words);
      made.addEventListener("click", done);
      return made;
    };
    this.list.replaceChildren(
      ...this.order.map((item, place) =>
        build(
          "li",
          { class: "rank" },
          build("span", { class: "rank-words" }, item),
          button(`up ${item}`, `${text("up")}: ${item}`, "↑", () => this.swap(place, place - 1), place === 0),
          button(`down ${item}`, `${text("down")}: ${item}`, "↓", () => this.swap(place, place + 1), place === this.order.length - 1),
          button(`out ${item}`, `${text("remove")}: ${item}`, "×", () => this.toggle(item)),
        ),
      ),
    );
    this.pool.replaceChildren(
      ...this.items.flatMap((item, index) => {
        if (this.order.includes(item)) return [];
        const key = this.presses[index];
        const made = build("button", { type: "button", class: "choice", "data-act": `in ${item}`, "aria-keyshortcuts": key }, build("span", { class: "choice-label" }, item), ...(key ? [build("kbd", { "aria-hidden": "true" }, key.toUpperCase())] : []));
        made.addEventListener("click", () => this.toggle(item));
        return [made];
      }),
    );
  }
}

export const ELEMENTS = { "crowd-ranking": CrowdRanking };
