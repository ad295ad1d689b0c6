// Inside the sandbox: register the elements and pass their answer to the page outside.

import { guideTo } from "./elements/guide.js";
import { shortcutOf, useKeys } from "./elements/keys.js";
import { ELEMENTS, register } from "./elements/register.js";
import { listenToPage, tellPage } from "./messages.js";

// The sandbox has no origin; this script has the origin of the page.
const origin = new URL(import.meta.url).origin;

// Elements that only some pages use come in separate modules.
const entries = (document.documentElement.dataset.entries ?? "").split(" ").filter(Boolean);
const groups = await Promise.all(entries.map((entry) => import(entry)));
// Inner elements first, so that the form finds them ready.
register(Object.assign({}, ...groups.map((group) => group.ELEMENTS), ELEMENTS));
const form = document.querySelector("crowd-form");
document.dispatchEvent(new CustomEvent("all-crowd-elements-ready", { bubbles: true }));

document.addEventListener("crowd-submit", (event) => {
  if (event.target === form) tellPage(origin, "answer", { content: event.detail.content });
});

// An element may request an outline; the page asks the server and replies with the same number.
const questions = new Map();
document.addEventListener("crowd-outline", ({ detail: { resolve, ...question } }) => {
  const number = questions.size + 1;
  questions.set(number, resolve);
  tellPage(origin, "outline", { number, ...question });
});

// What of the object could not be loaded: pictures of the elements, and pictures and media of the template itself.
const missing = new Set();
const tellMissing = (source, isMissing) => {
  if (missing.has(source) === isMissing) return;
  if (isMissing) missing.add(source);
  else missing.delete(source);
  tellPage(origin, "missing", { missing: missing.size > 0 });
};
document.addEventListener("crowd-missing", ({ detail }) => tellMissing(detail.source, detail.missing));
for (const [type, isMissing] of [
  ["error", true],
  ["load", false],
  ["loadeddata", false],
]) {
  const tell = ({ target }) => {
    if (target.matches?.("img, video, audio")) tellMissing(target, isMissing);
    else if (target.matches?.("source:last-of-type")) tellMissing(target.parentElement, isMissing);
  };
  document.addEventListener(type, tell, { capture: true });
}
for (const image of document.images) if (image.src && image.complete && !image.naturalWidth) tellMissing(image, true);

// What went wrong in the page so far, and from now on.
const { gtcrowdFaults: faults } = window;
if (faults) {
  faults.onFault = ({ type, ...fault }) => tellPage(origin, type, fault);
  for (const fault of faults.collected.splice(0)) faults.onFault(fault);
}

// Keys that no element handled may be shortcuts of the page.
document.addEventListener("keydown", (event) => {
  const name = event.defaultPrevented ? undefined : shortcutOf(event);
  if (!name) return;
  if (name !== "escape") event.preventDefault();
  tellPage(origin, "key", { key: name });
});

// Only the sandbox sees activity in the task: pointer, keyboard, or media that plays.
const ACTIVE_MS = 5000;
let lastActive = -ACTIVE_MS;
const tellActive = ({ timeStamp }) => {
  if (timeStamp - lastActive < ACTIVE_MS) return;
  lastActive = timeStamp;
  tellPage(origin, "active");
};
for (const type of ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "input", "timeupdate"]) {
  document.addEventListener(type, tellActive, { capture: true, passive: true });
}

// Send a draft shortly after the last change.
let draftTimer;
const tellDraft = (wait) => {
  clearTimeout(draftTimer);
  draftTimer = setTimeout(() => form && tellPage(origin, "draft", { state: form.state }), wait);
};
for (const type of ["crowd-change", "input"]) document.addEventListener(type, () => tellDraft(1000));

listenToPage(origin, {
  restore: ({ state }) => form?.restore(state),
  focus: () => {
    document.dispatchEvent(new Event("gtcrowd-shown")); // shut.js
    form?.takeFocus();
  },
  outlined: ({ number, ...mask }) => questions.get(number)?.(mask),
  disable: () => form && (form.disabled = true),
  problem: ({ sentence }) => {
    if (!form) return;
    form.disabled = false;
    form.showProblem(sentence);
    form.takeFocus();
  },
  keys: ({ keys }) => useKeys(keys),
  draft: () => tellDraft(0),
  key: ({ key, ctrl, alt, shift }) => {
    // Create a new event from plain data.
    const modifiers = { ctrlKey: Boolean(ctrl), altKey: Boolean(alt), shiftKey: Boolean(shift) };
    const keyEvent = new KeyboardEvent("keydown", { key, ...modifiers, bubbles: true, cancelable: true });
    document.body.dispatchEvent(keyEvent);
  },
});

tellPage(origin, "ready", guideTo(form?.widgets ?? []));
