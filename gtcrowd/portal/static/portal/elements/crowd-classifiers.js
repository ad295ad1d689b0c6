// <crowd-image-classifier> and <crowd-classifier>: one of several categories.
// Attributes: name, header, categories (JSON list), src (image). Event: crowd-change, when the choice changes.
import { keysFor, placeOf } from "./keys.js";
import { text } from "./texts.js";

class Classifier extends HTMLElement {
  connectedCallback() {
    if (this.built) return;
    this.built = true;
    this.categories = JSON.parse(this.getAttribute("categories") ?? "[]");
    this.keys = keysFor(this.categories);
    const split = document.createElement("div");
    split.className = "split";
    split.append(this.buildTarget(), this.buildChoices());
    this.append(split);
  }

  get name() {
    return this.getAttribute("name") ?? this.localName;
  }

  get value() {
    return this.chosen === undefined ? null : { label: this.chosen };
  }

  get problem() {
    return this.value ? "" : text("choose");
  }

  buildChoices() {
    const group = document.createElement("div");
    group.className = this.categories.length > 8 ? "choices many" : "choices";
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", this.getAttribute("header") ?? text("categories"));
    this.buttons = this.categories.map((category, place) => this.buildButton(category, place));
    group.append(...this.buttons);
    group.addEventListener("keydown", (event) => this.move(event));
    return group;
  }

  buildButton(category, place) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "choice";
    button.setAttribute("role", "radio");
    button.setAttribute("aria-checked", "false");
    button.tabIndex = place === 0 ? 0 : -1;
    const key = this.keys[place];
    if (key) {
      const hint = document.createElement("kbd");
      hint.textContent = key;
      hint.setAttribute("aria-hidden", "true");
      button.setAttribute("aria-keyshortcuts", key);
      button.append(hint);
    }
    const label = document.createElement("span");
    label.textContent = category;
    button.append(label);
    button.addEventListener("click", () => this.choose(place));
    return button;
  }

  choose(place) {
    if (place < 0 || place >= this.categories.length) return false;
    this.chosen = this.categories[place];
    this.buttons.forEach((button, at) => {
      button.setAttribute("aria-checked", String(at === place));
      button.tabIndex = at === place ? 0 : -1;
    });
    this.buttons[place].focus();
    this.dispatchEvent(new CustomEvent("crowd-change", { bubbles: true }));
    return true;
  }

  // The key of a category, pressed anywhere on the page.
  press(event) {
    return this.choose(placeOf(event, this.keys));
  }

  move(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = this.buttons.indexOf(document.activeElement);
    this.choose((at + step + this.buttons.length) % this.buttons.length);
  }

  focus() {
    (this.buttons.find((button) => button.tabIndex === 0) ?? this.buttons[0])?.focus();
  }
}

export class CrowdImageClassifier extends Classifier {
  buildTarget() {
    const target = document.createElement("div");
    target.className = "target";
    const image = new Image();
    image.alt = text("image");
    image.addEventListener("error", () => this.showFailure(target, image), { once: true });
    image.addEventListener("load", () => target.replaceChildren(image, zoom));
    image.src = this.getAttribute("src");
    const zoom = this.buildZoom(image);
    target.append(image, zoom);
    return target;
  }

  buildZoom(image) {
    const zoom = document.createElement("button");
    zoom.type = "button";
    zoom.className = "quiet small";
    zoom.textContent = text("actualSize");
    zoom.setAttribute("aria-pressed", "false");
    zoom.addEventListener("click", () => {
      const actual = image.classList.toggle("actual");
      zoom.setAttribute("aria-pressed", String(actual));
    });
    return zoom;
  }

  showFailure(target, image) {
    const notice = document.createElement("p");
    notice.setAttribute("role", "alert");
    notice.textContent = text("notLoaded");
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = text("tryAgain");
    again.addEventListener("click", () => {
      image.addEventListener("error", () => this.showFailure(target, image), { once: true });
      const address = image.src;
      image.src = "";
      image.src = address;
    });
    target.replaceChildren(notice, again);
  }
}

export class CrowdClassifier extends Classifier {
  buildTarget() {
    const target = document.createElement("div");
    target.className = "target";
    const shown = document.createElement("div");
    shown.className = "text";
    // textContent: what came from a manifest stays text, whatever it looks like.
    shown.textContent = this.querySelector("classification-target")?.textContent ?? "";
    target.append(shown);
    return target;
  }
}
