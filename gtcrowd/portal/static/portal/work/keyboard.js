// Handle the page's shortcuts, and pass keys on that are meant for the task.

import { shortcutOf, isSubmit, isTyping } from "../../workpage/elements/keys.js";

/** `acts`: from the name of a shortcut (elements/keys.js) to what to do. `pass(pressed)`: hand a key on to the task. */
export function listenToKeys({ actions, pass }) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const name = shortcutOf(event);
    if (name) {
      if (name !== "escape") event.preventDefault();
      actions[name]?.();
    } else if (isForTask(event)) {
      event.preventDefault();
      pass({ key: event.key, ctrl: event.ctrlKey || event.metaKey, alt: event.altKey, shift: event.shiftKey });
    }
  });
}

/** Characters, and the key that submits. Enter and Space belong to the focused button. */
function isForTask(event) {
  if (isTyping(event.target)) return false;
  if (isSubmit(event)) return true;
  return event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
}
