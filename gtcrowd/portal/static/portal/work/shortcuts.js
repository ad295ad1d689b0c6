// The list of shortcuts, in which each can be changed: press the button, then the new key. The server checks and keeps it,
// so that it follows the person to other browsers.

import { keyOf, named, onKeys, printed, spoken, useKeys } from "../../workpage/elements/keys.js";

const HELD = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead", "Process"]);

export class ShortcutList {
  /** `words`: what each name does. `save(change)`: a promise of an outcome as of send.js. `changed(keys)`. */
  constructor(page, { inForce, words, save, changed }) {
    Object.assign(this, { page, words, save, changed });
    this.dialog = page.part("shortcuts");
    const categories = Object.keys(words).filter((name) => name.startsWith("category-"));
    const others = Object.keys(words).filter((name) => !categories.includes(name));
    page.part("page-keys").replaceChildren(...others.map((name) => this.row(name)));
    page.part("category-keys").replaceChildren(...categories.map((name) => this.item(name)));
    page.part("keys-reset").addEventListener("click", () => this.ask({ reset: true }));
    this.dialog.addEventListener("keydown", (event) => this.press(event), { capture: true });
    this.dialog.addEventListener("cancel", (event) => this.asking && event.preventDefault());
    this.dialog.addEventListener("close", () => this.leave());
    onKeys(() => this.print());
    useKeys(inForce);
  }

  row(name) {
    const [row, head, cell] = ["tr", "th", "td"].map((one) => document.createElement(one));
    head.scope = "row";
    head.textContent = this.words[name];
    cell.append(this.button(name));
    row.append(head, cell);
    return row;
  }

  item(name) {
    const item = document.createElement("li");
    const words = document.createElement("span");
    words.textContent = this.words[name];
    item.append(words, this.button(name));
    return item;
  }

  button(name) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button button-plain button-small key-change";
    made.dataset.name = name;
    made.append(document.createElement("kbd"));
    made.addEventListener("click", () => this.begin(made));
    made.addEventListener("blur", () => this.asking === made && this.leave());
    return made;
  }

  begin(button) {
    this.leave();
    this.tell("");
    this.asking = button;
    button.classList.add("key-asked");
    button.querySelector("kbd").textContent = "…";
    this.page.part("keys-said").textContent = this.page.text("pressKey");
  }

  leave() {
    if (!this.asking) return;
    this.asking.classList.remove("key-asked");
    this.asking = null;
    this.page.part("keys-said").textContent = "";
    this.print();
  }

  press(event) {
    if (!this.asking) return;
    if (event.key === "Tab") return this.leave();
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat || HELD.has(event.key)) return;
    const { name } = this.asking.dataset;
    this.leave();
    if (event.key !== "Escape") this.ask({ name, key: named(event) });
  }

  async ask(change) {
    this.tell("");
    const { kind, reply } = await this.save(change);
    if (kind !== "taken") return this.tell(reply.problem ?? this.page.text("keyNotSaved"));
    useKeys(reply.keys);
    this.changed(reply.keys);
    const { name } = change;
    this.page.part("keys-said").textContent = name
      ? this.page.text("keyChanged", { key: printed(keyOf(name)), words: this.words[name] })
      : this.page.text("keysReset");
  }

  tell(problem) {
    this.page.part("keys-problem").textContent = problem;
    if (problem) this.page.part("keys-said").textContent = "";
  }

  /** Everything that shows a key shows the one in force. */
  print() {
    for (const button of this.dialog.querySelectorAll(".key-change")) {
      const [words, key] = [this.words[button.dataset.name], printed(keyOf(button.dataset.name))];
      button.querySelector("kbd").textContent = key;
      button.setAttribute("aria-label", this.page.text("changeKey", { words, key }));
      button.title = this.page.text("change");
    }
    for (const one of document.querySelectorAll("[data-key]")) {
      const key = keyOf(one.dataset.key);
      one.setAttribute("aria-keyshortcuts", spoken(key));
      const shown = one.querySelector("kbd");
      if (shown) shown.textContent = printed(key);
      one.title = printed(key);
    }
  }
}
