// Which key chooses which category: 1 to 9, 0, then the rows of letters. Pure; no page needed.

export const ORDER = "1234567890qwertyuiopasdfghjkl";

export function keyOf(place) {
  return ORDER[place] ?? "";
}

export function placeOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return -1;
  return ORDER.indexOf(event.key.toLowerCase());
}

export function submits(event) {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey);
}
