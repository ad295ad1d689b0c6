// The instructions inside of an element, as they stand beside the work.

import { build } from "./build.js";
import { text } from "./texts.js";

/** The element's short and full instructions; full ones are long: they are folded up until asked for. */
export function instructionsOf(element) {
  return [...element.querySelectorAll(":scope > short-instructions, :scope > full-instructions")].map(collapse);
}

function collapse(instructions) {
  if (instructions.localName !== "full-instructions" || !instructions.textContent.trim()) return instructions;
  const summary = build("summary", {}, instructions.getAttribute("header") || text("full"));
  instructions.append(build("details", {}, summary, ...instructions.childNodes));
  return instructions;
}
