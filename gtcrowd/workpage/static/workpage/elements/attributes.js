// Lists and objects in attributes: JSON, or the single-quoted kind, with keys unquoted, that Ground Truth's templates
// often carry.

/** The texts in `text`. Throws a SyntaxError if it is no list of texts. */
export function readList(text) {
  const value = parse(text.trim() || "[]");
  if (!Array.isArray(value)) throw new SyntaxError("not a list");
  return value.map((item) => (typeof item === "object" && item !== null ? String(item.label ?? "") : String(item)));
}

/** The object in `text`, empty for no text. Throws a SyntaxError if it is no object. */
export function readObject(text) {
  const value = parse(text.trim() || "{}");
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SyntaxError("not an object");
  return value;
}

/** Whatever is in `text`, null for no text. Throws a SyntaxError if it is neither dialect. */
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

/** The text with every bare key written as a "key"; what stands in double quotes is left alone. */
function quoteKeys(text) {
  return text.replace(/"(?:[^"\\]|\\.)*"|([A-Za-z_$][\w$]*)(?=\s*:)/g, (whole, key) =>
    key === undefined ? whole : `"${key}"`,
  );
}

/** The text with every 'string' written as a "string"; what stands in double quotes is left alone. */
function toDoubleQuotes(text) {
  return text.replace(/"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'/g, (whole, inside) =>
    inside === undefined ? whole : `"${inside.replaceAll("\\'", "'").replaceAll('"', '\\"')}"`,
  );
}
