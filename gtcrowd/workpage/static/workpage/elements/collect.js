// Collect a form's answer as Ground Truth does: an object keyed by name. Text fields give strings and are absent when
// empty; checkboxes and radio buttons give {value: checked}.

/** `controls`: plain objects {name, type, value, checked}; `widgets`: {name, answer, merges, spreads}. One without an
 *  answer is left out; those that merge come together under one name, those that spread under names of their own. */
export function collect(controls, widgets) {
  const content = {};
  for (const { name, type, value, checked } of controls) {
    if (!name) continue;
    if (type === "checkbox" || type === "radio") content[name] = { ...content[name], [value]: checked };
    else if (value !== "") content[name] = type === "number" || type === "range" ? Number(value) : value;
  }
  for (const { name, answer, merges, spreads } of widgets) {
    if (spreads) Object.assign(content, answer);
    else if (answer !== undefined) content[name] = merges ? { ...content[name], ...answer } : answer;
  }
  return content;
}
