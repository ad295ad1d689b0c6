// Lists in attributes: JSON, or the single-quoted kind that Ground Truth's templates often carry.

/** The texts in `text`. Throws a SyntaxError if it is no list of texts. */
export function readList(text) {
  const found = parse(text.trim() || "[]");
  if (!Array.isArray(found)) throw new SyntaxError("not a list");
  return found.map((one) => (typeof one === "object" && one !== null ? String(one.label ?? "") : String(one)));
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(requoted(text));
  }
}

/** The text with every 'string' written as a "string"; what stands in double quotes is left alone. */
function requoted(text) {
  return text.replace(/"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'/g, (whole, inside) =>
    inside === undefined ? whole : `"${inside.replaceAll("\\'", "'").replaceAll('"', '\\"')}"`,
  );
}
