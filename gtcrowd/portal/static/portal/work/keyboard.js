// Shortcuts of the page, and keys pressed in the page that are meant for the task.

import { isTyping } from "../elements/keys.js";

/** `shortcuts`: from key, or `alt+key`, to what to do. `pass(event)`: hand a key on to the task. */
export function listenToKeys({ shortcuts, pass }) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]") || isTyping(event.target)) return;
    if (run(shortcuts, { key: event.key, alt: event.altKey })) event.preventDefault();
    else if (isForTask(event)) pass({ key: event.key, ctrl: event.ctrlKey || event.metaKey });
  });
}

export function run(shortcuts, { key, alt }) {
  const act = shortcuts[`${alt ? "alt+" : ""}${key.toLowerCase()}`];
  act?.();
  return Boolean(act);
}

/** Plain characters, and Ctrl+Enter; Enter and Space belong to the button they are pressed on. */
function isForTask(event) {
  if (event.altKey) return false;
  if (event.key === "Enter") return event.ctrlKey || event.metaKey;
  return event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey;
}
