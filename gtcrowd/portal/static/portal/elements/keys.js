// Which key picks which category: 1 to 9, then 0, then the upper and the middle row of letters.

export const ROWS = [..."1234567890", ..."qwertyuiop", ..."asdfghjkl"];

/** The key of each category, in order; undefined for those beyond the keyboard. Categories that are single
 *  characters themselves, as the digits in a job about digits, are their own keys: "7" must pick "7". */
export function keysFor(labels) {
  const own = labels.map((label) => label.toLowerCase());
  const speakForThemselves = own.every((label) => /^[\p{L}\p{N}]$/u.test(label)) && new Set(own).size === own.length;
  return speakForThemselves ? own : labels.map((_label, index) => ROWS[index]);
}

/** Place of the category that the key event picks, or -1. */
export function indexFor(event, keys) {
  if (event.ctrlKey || event.altKey || event.metaKey) return -1;
  return keys.indexOf(event.key.toLowerCase());
}

export function isSubmit(event) {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey);
}

/** Whether the key is being typed into a text, where letters and digits mean themselves. */
export function isTyping(target) {
  if (!(target instanceof Element)) return false;
  if (target.closest("textarea, select, [contenteditable]")) return true;
  return target.matches("input:not([type=radio], [type=checkbox], [type=button], [type=submit], [type=range])");
}
