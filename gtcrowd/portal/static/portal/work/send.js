// Hand an answer to the server, and say what its reply means.
//
// Outcome: {kind, final, retry, reply}. final: the server has decided, so the answer need not be kept.
//   taken     stored; reply has the receipt and what comes next
//   refused   not an answer to the job (422), or asked too often (429): the worker corrects it, or waits
//   settled   answered or given back before (409); reply has what comes next
//   notYours  nobody's or somebody else's task (404): kept, for it may be the wrong sign-in
//   signedOut 401, 403 or a detour to the sign-in page
//   offline, serverFault

const TIMEOUT_SECONDS = 20;

const KINDS = {
  200: "taken",
  401: "signedOut",
  403: "signedOut",
  404: "notYours",
  409: "settled",
  400: "refused",
  413: "refused",
  422: "refused",
  429: "refused",
};
const FINAL = new Set(["taken", "settled", "refused"]);
const RETRY = new Set(["offline", "serverFault"]);

export async function send(address, answer) {
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      credentials: "same-origin",
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1000),
      body: JSON.stringify(answer),
    });
  } catch {
    return outcome("offline");
  }
  const kind = response.type === "opaqueredirect" ? "signedOut" : (KINDS[response.status] ?? "serverFault");
  return outcome(kind, await json(response));
}

function outcome(kind, reply = {}) {
  return { kind, reply, final: FINAL.has(kind), retry: RETRY.has(kind) };
}

async function json(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}

/** Read for every request, because signing in again in another tab changes it. */
export function token() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "";
}
