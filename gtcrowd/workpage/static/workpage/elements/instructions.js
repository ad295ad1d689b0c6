// The instructions inside an element, shown beside its controls.

import { build } from "./build.js";
import { text } from "./texts.js";

/** The element's short and full instructions; the full ones are collapsed at first. */
export function instructionsOf(element) {
  return [...element.querySelectorAll(":scope > short-instructions, :scope > full-instructions")].map(collapse);
}

function collapse(instructions) {
  if (instructions.localName !== "full-instructions" || !instructions.textContent.trim()) return instructions;
  const summary = build("summary", {}, instructions.getAttribute("header") || text("full"));
  instructions.append(build("details", {}, summary, ...instructions.childNodes));
  return instructions;
}
