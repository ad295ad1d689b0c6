// Parse lists and objects in attributes: JSON, or the dialect with single quotes and bare keys that Ground Truth
// templates often use.

/** Parse a list of texts. Throws a SyntaxError for anything else. */
export function readList(text) {
  const value = parse(text.trim() || "[]");
  if (!Array.isArray(value)) throw new SyntaxError("not a list");
  return value.map((item) => (typeof item === "object" && item !== null ? String(item.label ?? "") : String(item)));
}

/** Parse an object; empty for no text. Throws a SyntaxError for anything else. */
export function readObject(text) {
  const value = parse(text.trim() || "{}");
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SyntaxError("not an object");
  return value;
}

/** Parse any value; null for no text. Throws a SyntaxError if it is in neither dialect. */
export function readAny(text) {
  return text.trim() ? parse(text) : null;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(quoteKeys(toDoubleQuotes(text)));
  }
}

/** Quote bare keys; leave double-quoted strings alone. */
function quoteKeys(text) {
  return text.replace(/"(?:[^"\\]|\\.)*"|([A-Za-z_$][\w$]*)(?=\s*:)/g, (whole, key) =>
    key === undefined ? whole : `"${key}"`,
  );
}

/** Turn 'strings' into "strings"; leave double-quoted strings alone. */
function toDoubleQuotes(text) {
  return text.replace(/"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'/g, (whole, inside) =>
    inside === undefined ? whole : `"${inside.replaceAll("\\'", "'").replaceAll('"', '\\"')}"`,
  );
}
