// Report a problem with the current task. The text stays in the form until the server has accepted it.

/** `save(report)` resolves to an outcome (send.js); `onSent(sentence)`. */
export function wireReport(page, { save, onSent }) {
  const form = page.part("report-form");
  const problem = page.part("report-problem");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true") return; // a second click while the first is being sent
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
