// Shows what goes wrong in previewed task pages: errors of their scripts, and foreign origins that are blocked.
//
// An iframe names the list of errors (`data-errors`) and the list of origins (`data-blocked`) that belong to it. A new row is
// a copy of the list's <template>: the text goes into [data-text], and into the value of a button.

import { listenToSandbox } from "../workpage/messages.js";

for (const iframe of document.querySelectorAll("iframe[data-errors]")) {
  const errors = document.getElementById(iframe.dataset.errors);
  const blocked = document.getElementById(iframe.dataset.blocked);
  listenToSandbox(iframe, {
    error: ({ message, line }) => addRow(errors, line ? `${errors.dataset.line} ${line}: ${message}` : message),
    blocked: ({ origin }) => addRow(blocked, origin),
  });
}
for (const form of document.querySelectorAll("form[data-show]")) form.requestSubmit(form.querySelector("[data-show]"));

function addRow(list, words) {
  if ([...list.querySelectorAll("[data-text]")].some((text) => text.textContent === words)) return;
  const row = list.querySelector("template").content.cloneNode(true);
  row.querySelector("[data-text]").textContent = words;
  for (const button of row.querySelectorAll("button")) button.value = words;
  list.append(row);
  list.closest("[data-faults]").hidden = false;
}
