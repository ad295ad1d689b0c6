// Everything the work page shows besides the task: time, money, notices, dialogs, instructions.

import { fillGuide, key } from "./guide.js";
import { money, thousandths } from "./money.js";
import { token } from "./send.js";
import { clock, urgency } from "./timer.js";

export class WorkPage {
  constructor(texts) {
    this.texts = texts;
    this.part = (id) => document.getElementById(id);
    this.earned = thousandths(this.part("earned").dataset.amount);
  }

  text(name, values = {}) {
    return this.texts[name].replace(/%\((\w+)\)s/g, (_whole, key) => values[key]).replaceAll("%%", "%");
  }

  /** Announce a sentence to screen readers only. */
  announce(sentence) {
    this.part("announcements").textContent = sentence;
  }

  showTime(seconds) {
    const timer = this.part("timer");
    timer.dataset.urgency = urgency(seconds);
    timer.textContent = seconds > 0 ? this.text("left", { time: clock(seconds) }) : this.text("over");
    if (seconds <= 0 && this.part("late").hidden) this.late(true);
  }

  late(over) {
    this.part("late").hidden = !over;
    this.part("late").textContent = over ? this.text("overHint") : "";
  }

  addEarnings(amount) {
    this.earned += thousandths(amount);
    this.part("earned").textContent = money(this.earned);
  }

  /** Show a notice until the next one. `actions`: pairs of text and a function or an address. */
  notice(sentence, { level = "", actions = [] } = {}) {
    const notice = this.part("notice");
    notice.className = `note work-note${level ? ` note-${level}` : ""}`;
    notice.hidden = !sentence;
    notice.replaceChildren(sentence, ...actions.map(([text, action]) => actionElement(text, action)));
  }

  /** Set the task that the dialogs refer to, and its pay. */
  task({ assignment, pays }) {
    for (const input of document.querySelectorAll('input[name="assignment"]')) input.value = assignment;
    this.part("pays").textContent = pays;
    this.unseen(false);
  }

  /** Note in the forms that leave the task whether its object could not be shown. */
  unseen(isMissing) {
    for (const input of document.querySelectorAll('input[name="unseen"]')) input.value = isMissing ? "1" : "";
  }

  wireDialogs(onClose) {
    for (const opener of document.querySelectorAll("[data-opens]")) {
      opener.addEventListener("click", () => this.open(opener.dataset.opens));
    }
    for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("close", onClose);
    for (const closer of document.querySelectorAll("dialog [data-closes]")) {
      closer.addEventListener("click", () => closer.closest("dialog").close());
    }
  }

  open(dialog) {
    if (!document.querySelector("dialog[open]")) this.part(dialog).showModal();
  }

  wireInstructions(onClose) {
    this.part("show-instructions")?.addEventListener("click", () => this.instructions());
    this.part("hide-instructions")?.addEventListener("click", () => {
      this.instructions(false);
      onClose();
    });
  }

  /** Fill the tool guide and the list of task keys. */
  guide(content) {
    this.part("task-keys").replaceChildren(...content.keys.map(key));
    fillGuide(this.part, content, this.text("nothingToTell"));
  }

  /** Signing in again in another tab invalidates the tokens in this page's forms. */
  wireForms() {
    document.addEventListener("submit", ({ target }) => {
      const field = target.elements?.csrfmiddlewaretoken;
      if (field && token()) field.value = token();
    });
  }

  instructions(open = this.part("instructions")?.hidden) {
    if (!this.part("instructions")) return;
    this.part("instructions").hidden = !open;
    this.part("show-instructions").setAttribute("aria-expanded", String(open));
  }
}

function actionElement(text, action) {
  const element = document.createElement(typeof action === "string" ? "a" : "button");
  element.className = "button button-plain button-small";
  element.textContent = text;
  if (typeof action === "string") Object.assign(element, { href: action, target: "_blank", rel: "noopener" });
  else element.addEventListener("click", action);
  return element;
}
