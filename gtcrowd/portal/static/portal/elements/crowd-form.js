// <crowd-form>: gathers the values of the elements inside and hands them to the page around the frame.
import { submits } from "./keys.js";
import { fromPage, tellPage } from "./messages.js";
import { text } from "./texts.js";

export class CrowdForm extends HTMLElement {
  connectedCallback() {
    if (this.foot) return;
    this.foot = document.createElement("div");
    this.foot.className = "foot";
    this.fault = document.createElement("p");
    this.fault.className = "fault";
    this.fault.setAttribute("role", "alert");
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.append(`${text("submit")} `, Object.assign(document.createElement("kbd"), { textContent: "Ctrl ↵" }));
    this.button.addEventListener("click", () => this.submit());
    this.foot.append(this.fault, this.button);
    this.append(this.foot);
    this.addEventListener("crowd-change", () => this.say(""));
    document.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("message", (event) => this.hear(fromPage(event)));
    new ResizeObserver(() => tellPage({ type: "height", height: document.body.scrollHeight })).observe(document.body);
    tellPage({ type: "ready" });
  }

  get elements() {
    return [...this.querySelectorAll("*")].filter((element) => "value" in element && "problem" in element);
  }

  submit() {
    if (this.button.disabled) return;
    const problem = this.elements.map((element) => element.problem).find(Boolean);
    if (problem) {
      this.say(problem);
      return;
    }
    tellPage({ type: "answer", content: Object.fromEntries(this.elements.map((one) => [one.name, one.value])) });
  }

  key(event) {
    if (submits(event)) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "?") {
      tellPage({ type: "key", key: "?" });
    } else if (!event.repeat && this.elements.some((element) => element.press?.(event))) {
      event.preventDefault();
    }
  }

  hear(message) {
    if (!message) return;
    if (message.type === "focus") this.elements[0]?.focus();
    if (message.type === "submit") this.submit();
    if (message.type === "key") this.elements.some((element) => element.press?.({ key: message.key }));
    if (message.type === "disable") this.button.disabled = message.disabled;
    if (message.type === "problem") this.say(message.text);
  }

  say(text) {
    this.fault.textContent = text;
  }
}
