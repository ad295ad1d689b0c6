// Inside the sandboxed frame: brings the elements to life and passes their one event to the page outside.

import { guideTo } from "./elements/guide.js";
import { does, useKeys } from "./elements/keys.js";
import { ELEMENTS, register } from "./elements/register.js";
import { listenToPage, tellPage } from "./messages.js";

// The frame itself has no origin; this script has the one of the page.
const origin = new URL(import.meta.url).origin;

// Elements that only some pages have come in groups of their own.
const entries = (document.documentElement.dataset.entries ?? "").split(" ").filter(Boolean);
const groups = await Promise.all(entries.map((entry) => import(entry)));
// Inner elements first, so that the form finds them furnished.
register(Object.assign({}, ...groups.map((group) => group.ELEMENTS), ELEMENTS));
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
  const name = event.defaultPrevented ? undefined : does(event);
  if (!name) return;
  if (name !== "escape") event.preventDefault();
  tellPage(origin, "key", { key: name });
});

// That the worker does something is seen here only: by hand, by keyboard, or by watching what plays.
const ACTIVE_MS = 5000;
let told = -ACTIVE_MS;
const tellActive = ({ timeStamp }) => {
  if (timeStamp - told < ACTIVE_MS) return;
  told = timeStamp;
  tellPage(origin, "active");
};
for (const type of ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "input", "timeupdate"]) {
  document.addEventListener(type, tellActive, { capture: true, passive: true });
}

// What has been done so far, a moment after the last change.
let telling;
const tellDraft = (wait) => {
  clearTimeout(telling);
  telling = setTimeout(() => form && tellPage(origin, "draft", { state: form.state }), wait);
};
for (const type of ["crowd-change", "input"]) document.addEventListener(type, () => tellDraft(1000));

listenToPage(origin, {
  restore: ({ state }) => form?.restore(state),
  focus: () => {
    document.dispatchEvent(new Event("gtcrowd-shown")); // shut.js
    form?.takeFocus();
  },
  outlined: ({ number, ...found }) => asked.get(number)?.(found),
  disable: () => form && (form.disabled = true),
  problem: ({ sentence }) => {
    if (!form) return;
    form.disabled = false;
    form.say(sentence);
    form.takeFocus();
  },
  keys: ({ keys }) => useKeys(keys),
  draft: () => tellDraft(0),
  key: ({ key, ctrl, alt, shift }) => {
    // Made anew from plain data; the task cannot tell where it was pressed.
    const held = { ctrlKey: Boolean(ctrl), altKey: Boolean(alt), shiftKey: Boolean(shift) };
    const made = new KeyboardEvent("keydown", { key, ...held, bubbles: true, cancelable: true });
    document.body.dispatchEvent(made);
  },
});

tellPage(origin, "ready", guideTo(form?.widgets ?? []));
