// Inside the sandboxed frame: brings the elements to life and passes their one event to the page outside.

import { ELEMENTS, register } from "./elements/register.js";
import { text } from "./elements/texts.js";
import { listenToPage, tellPage } from "./messages.js";

// The frame itself has no origin; this script has the one of the page.
const origin = new URL(import.meta.url).origin;

// Elements that only some pages have come in groups of their own.
const groups = (document.documentElement.dataset.groups ?? "").split(" ").filter(Boolean);
const further = await Promise.all(groups.map((group) => import(`./elements/${group}/elements.js`)));
// Inner elements first, so that the form finds them furnished.
register(Object.assign({}, ...further.map((group) => group.ELEMENTS), ELEMENTS));
const form = document.querySelector("crowd-form");
document.dispatchEvent(new CustomEvent("all-crowd-elements-ready", { bubbles: true }));

document.addEventListener("crowd-submit", (event) => {
  if (event.target === form) tellPage(origin, "answer", { content: event.detail.content });
});

// An element may ask for what lies between four points; the page asks the server, and answers by the number.
const asked = new Map();
document.addEventListener("crowd-outline", ({ detail: { told, ...question } }) => {
  const number = asked.size + 1;
  asked.set(number, told);
  tellPage(origin, "outline", { number, ...question });
});

// What no element wanted may be a shortcut of the page.
document.addEventListener("keydown", (event) => {
  const isThePages = event.key === "?" || event.key === "F1" || event.key === "Escape" || (event.altKey && event.key.length === 1);
  if (event.defaultPrevented || !isThePages) return;
  if (event.key === "F1") event.preventDefault();
  tellPage(origin, "key", { key: event.key, alt: event.altKey });
});

// What has been done so far, a moment after the last change.
let telling;
const tellDraft = () => {
  clearTimeout(telling);
  telling = setTimeout(() => form && tellPage(origin, "draft", { state: form.state }), 1000);
};
document.addEventListener("crowd-change", tellDraft);
document.addEventListener("input", tellDraft);

listenToPage(origin, {
  restore: ({ state }) => form?.restore(state),
  focus: () => form?.takeFocus(),
  outlined: ({ number, ...found }) => asked.get(number)?.(found),
  disable: () => form && (form.disabled = true),
  problem: ({ sentence }) => {
    if (!form) return;
    form.disabled = false;
    form.say(sentence);
    form.takeFocus();
  },
  key: ({ key, ctrl }) => {
    // Made anew from plain data; the task cannot tell where it was pressed.
    const made = new KeyboardEvent("keydown", { key, ctrlKey: Boolean(ctrl), bubbles: true, cancelable: true });
    document.body.dispatchEvent(made);
  },
});

const keys = (form?.widgets ?? []).flatMap((widget) => widget.keys ?? []).map(([key, name]) => [key, text(name)]);
tellPage(origin, "ready", { keys });
