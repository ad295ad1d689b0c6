// The list of shortcuts. To change one, press its button and then the new key. The server validates and stores it, so
// that it applies in every browser of the worker.

import { keyOf, keyName, onKeys, keyLabel, ariaKey, useKeys } from "../../workpage/elements/keys.js";

const MODIFIERS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead", "Process"]);

export class ShortcutList {
  /** `words`: what each shortcut does. `save(change)` resolves to an outcome (send.js). `changed(keys)`. */
  constructor(page, { inForce, words, save, changed }) {
    Object.assign(this, { page, inForce, words, save, changed });
    this.dialog = page.part("shortcuts");
    const categories = Object.keys(words).filter((name) => name.startsWith("category-"));
    const others = Object.keys(words).filter((name) => !categories.includes(name));
    page.part("page-keys").replaceChildren(...others.map((name) => this.row(name)));
    page.part("category-keys").replaceChildren(...categories.map((name) => this.item(name)));
  }

  /** Start to react to the dialog, and to keys that change elsewhere. */
  listen() {
    this.page.part("keys-reset").addEventListener("click", () => this.request({ reset: true }));
    this.dialog.addEventListener("keydown", (event) => this.press(event), { capture: true });
    this.dialog.addEventListener("cancel", (event) => this.recording && event.preventDefault());
    this.dialog.addEventListener("close", () => this.stopRecording());
    onKeys(() => this.print());
    useKeys(this.inForce);
  }

  row(name) {
    const [row, head, cell] = ["tr", "th", "td"].map((item) => document.createElement(item));
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
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-plain button-small key-change";
    button.dataset.name = name;
    button.append(document.createElement("kbd"));
    button.addEventListener("click", () => this.startRecording(button));
    button.addEventListener("blur", () => this.recording === button && this.stopRecording());
    return button;
  }

  startRecording(button) {
    this.stopRecording();
    this.showProblem("");
    this.recording = button;
    button.classList.add("key-recording");
    button.querySelector("kbd").textContent = "…";
    this.page.part("keys-status").textContent = this.page.text("pressKey");
  }

  stopRecording() {
    if (!this.recording) return;
    this.recording.classList.remove("key-recording");
    this.recording = null;
    this.page.part("keys-status").textContent = "";
    this.print();
  }

  press(event) {
    if (!this.recording) return;
    if (event.key === "Tab") return this.stopRecording();
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat || MODIFIERS.has(event.key)) return;
    const { name } = this.recording.dataset;
    this.stopRecording();
    if (event.key !== "Escape") this.request({ name, key: keyName(event) });
  }

  async request(change) {
    this.showProblem("");
    const { kind, reply } = await this.save(change);
    if (kind !== "taken") return this.showProblem(reply.problem ?? this.page.text("keyNotSaved"));
    useKeys(reply.keys);
    this.changed(reply.keys);
    const { name } = change;
    this.page.part("keys-status").textContent = name
      ? this.page.text("keyChanged", { key: keyLabel(keyOf(name)), words: this.words[name] })
      : this.page.text("keysReset");
  }

  showProblem(problem) {
    this.page.part("keys-problem").textContent = problem;
    if (problem) this.page.part("keys-status").textContent = "";
  }

  /** Update everything that shows a key. */
  print() {
    for (const button of this.dialog.querySelectorAll(".key-change")) {
      const [words, key] = [this.words[button.dataset.name], keyLabel(keyOf(button.dataset.name))];
      button.querySelector("kbd").textContent = key;
      button.setAttribute("aria-label", this.page.text("changeKey", { words, key }));
      button.title = this.page.text("change");
    }
    for (const item of document.querySelectorAll("[data-key]")) {
      const key = keyOf(item.dataset.key);
      item.setAttribute("aria-keyshortcuts", ariaKey(key));
      const label = item.querySelector("kbd");
      if (label) label.textContent = keyLabel(key);
      item.title = keyLabel(key);
    }
  }
}
