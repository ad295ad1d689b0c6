// Which key chooses which category. Pure; no page needed.

export const ORDER = "1234567890qwertyuiopasdfghjkl";

// A key for each category: its own name where all of them are single signs that ORDER knows, such as digits;
// otherwise 1 to 9, 0, and then the rows of letters.
export function keysFor(categories) {
  const names = categories.map((category) => category.toLowerCase());
  const speak = names.every((name) => name.length === 1 && ORDER.includes(name)) && new Set(names).size === names.length;
  return speak ? names : names.map((_, place) => ORDER[place] ?? "");
}

export function placeOf(event, keys) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key?.length !== 1) return -1;
  return keys.indexOf(event.key.toLowerCase());
}

export function submits(event) {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey);
}
