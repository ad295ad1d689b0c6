// Shows the question of a form with `data-confirm` as a dialog; without this script the same question is a page.

/** Returns the question that the server asks before it does what the form says; null if it asks none. */
async function question(form, submitter) {
  const response = await fetch(form.action, { method: "POST", body: new FormData(form, submitter) });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return response.ok && !response.redirected ? page.getElementById("confirm") : null;
}

function ask(form) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "confirm-title");
  form.classList.remove("card");
  dialog.append(document.adoptNode(form));
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-closes]")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.showModal();
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-confirm]")) return;
  event.preventDefault();
  const asked = await question(form, event.submitter).catch(() => null);
  if (asked) return ask(asked);
  form.removeAttribute("data-confirm");
  form.requestSubmit(event.submitter);
});
