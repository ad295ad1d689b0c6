// Keyboard shortcuts: the defaults, overridden by the worker's own. A key is written as it is pressed: `x`, `?`, `F2`,
// `Alt+i`, `Ctrl+Enter`; letters in lower case. gtcrowd/tasks/answers/shortcuts.py has the same defaults and validates changes.
//
// Categories: 1 to 9, then 0, then the upper and middle letter rows.

export const ROWS = [..."1234567890", ..."qwertyuiop", ..."asdfghjkl"];

const DEFAULTS = {
  submit: "Ctrl+Enter",
  instructions: "Alt+i",
  guide: "Alt+g",
  report: "Alt+m",
  stop: "Alt+s",
  return: "Alt+r",
  decline: "Alt+d",
  list: "?",
  ...Object.fromEntries(ROWS.map((key, index) => [`category-${index + 1}`, key])),
};

let inForce = DEFAULTS;
const listeners = new Set();

/** Use these keys and update everything that shows keys. */
export function useKeys(keys) {
  inForce = { ...DEFAULTS, ...keys };
  for (const listener of listeners) listener();
}

/** Call `listener()` whenever the keys change. */
export function onKeys(listener) {
  listeners.add(listener);
}

export function keyOf(name) {
  return inForce[name];
}

/** The key as printed on keyboards. */
export function keyLabel(key) {
  const [, modifier = "", last] = key.match(/^(Alt\+|Ctrl\+|Shift\+)?(.+)$/s);
  return `${modifier.replace("+", " ")}${last === "Enter" ? "↵" : [...last].length === 1 ? last.toUpperCase() : last}`;
}

/** The key in the form of `aria-keyshortcuts`. */
export function ariaKey(key) {
  return key.replace("Ctrl+", "Control+");
}

/** The pressed key in the notation of this module. */
export function keyName({ key, code = "", altKey, ctrlKey, metaKey, shiftKey }) {
  // Alt and Ctrl together are AltGr, which types characters such as @.
  const isAltGr = altKey && ctrlKey;
  // With Alt, some keyboards report another character than the one on the key.
  const last = altKey && !isAltGr && !/^[!-~]$/.test(key) && /^Key[A-Z]$/.test(code) ? code[3] : key;
  const single = [...last].length === 1;
  const modifier = isAltGr ? "" : ctrlKey || metaKey ? "Ctrl+" : altKey ? "Alt+" : shiftKey && !single ? "Shift+" : "";
  return modifier + (single ? last.toLowerCase() : last);
}

/** What the key event does on the page around the task: a name such as "return", or undefined. Not in a text, where
 *  characters mean themselves. */
export function shortcutOf(event) {
  const pressed = keyName(event);
  if (pressed === "F1") return "list";
  if (pressed === "Escape") return "escape";
  const name = Object.keys(inForce).find((action) => inForce[action] === pressed);
  if (!name || name === "submit" || name.startsWith("category-")) return undefined;
  return isCharacter(pressed) && isTyping(event.target) ? undefined : name;
}

/** The key of each category, in order; undefined for those beyond the keyboard. Categories that are single
 *  characters themselves, as the digits in a job about digits, are their own keys: "7" must pick "7". */
export function keysFor(labels) {
  const labelKeys = labels.map((label) => label.toLowerCase());
  const areSingleCharacters =
    labelKeys.every((label) => /^[\p{L}\p{N}]$/u.test(label)) && new Set(labelKeys).size === labelKeys.length;
  return areSingleCharacters ? labelKeys : labels.map((_label, index) => inForce[`category-${index + 1}`]);
}

/** Index of the category of a key event, or -1. */
export function indexFor(event, keys) {
  if (event.ctrlKey || event.altKey || event.metaKey) return -1;
  return keys.indexOf(event.key.toLowerCase());
}

export function isSubmit(event) {
  return keyName(event) === inForce.submit && !(isCharacter(inForce.submit) && isTyping(event.target));
}

/** Whether the target is a text field, where letters and digits are input. */
export function isTyping(target) {
  if (!(target instanceof Element)) return false;
  if (target.closest("textarea, select, [contenteditable]")) return true;
  return target.matches("input:not([type=radio], [type=checkbox], [type=button], [type=submit], [type=range])");
}

function isCharacter(key) {
  return [...key].length === 1;
}
