// Lists and objects in attributes: JSON, or the single-quoted kind, with keys unquoted, that Ground Truth's templates
// often carry.

/** The texts in `text`. Throws a SyntaxError if it is no list of texts. */
export function readList(text) {
  const found = parse(text.trim() || "[]");
  if (!Array.isArray(found)) throw new SyntaxError("not a list");
  return found.map((one) => (typeof one === "object" && one !== null ? String(one.label ?? "") : String(one)));
}

/** The object in `text`, empty for no text. Throws a SyntaxError if it is no object. */
export function readObject(text) {
  const found = parse(text.trim() || "{}");
  if (typeof found !== "object" || found === null || Array.isArray(found)) throw new SyntaxError("not an object");
  return found;
}

/** Whatever is in `text`, null for no text. Throws a SyntaxError if it is neither dialect. */
export function readAny(text) {
  return text.trim() ? parse(text) : null;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(keyed(requoted(text)));
  }
}

/** The text with every bare key written as a "key"; what stands in double quotes is left alone. */
function keyed(text) {
  return text.replace(/"(?:[^"\\]|\\.)*"|([A-Za-z_$][\w$]*)(?=\s*:)/g, (whole, key) => (key === undefined ? whole : `"${key}"`));
}

/** The text with every 'string' written as a "string"; what stands in double quotes is left alone. */
function requoted(text) {
  return text.replace(/"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'/g, (whole, inside) =>
    inside === undefined ? whole : `"${inside.replaceAll("\\'", "'").replaceAll('"', '\\"')}"`,
  );
}
