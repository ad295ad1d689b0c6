// Report a problem with the task at hand: what is written stays until it has arrived.

/** `save(report)`: a promise of an outcome as of send.js; `sent(sentence)`. */
export function wireReport(page, { save, onSent }) {
  const form = page.part("report-form");
  const problem = page.part("report-problem");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true") return; // a second press while the first is on its way
    form.ariaBusy = "true";
    problem.textContent = "";
    const { kind, reply } = await save(Object.fromEntries(new FormData(form)));
    form.ariaBusy = "false";
    if (kind === "taken") {
      form.reset();
      page.part("report").close();
      onSent(reply.sentence);
      return;
    }
    const sentences = { offline: page.text("reportOffline"), signedOut: page.text("reportSignedOut") };
    problem.textContent = sentences[kind] ?? reply.problem ?? page.text("reportOffline");
    form.elements.text.focus();
  });
}
