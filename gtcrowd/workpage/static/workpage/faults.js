// Runs before a template: collects what goes wrong in the page, for sandbox.js to tell. `window.gtcrowdFaults` has an
// `onFault` that is set once somebody listens, what was `collected` before, and the foreign origins that were `blocked`.
//
// Faults: {type: "error", message, line} of the page's scripts, where `line` counts the lines of the rendered template
// (0 if it is not known), and {type: "blocked", origin} for a foreign origin that the policy keeps out. Each is reported
// once, and no page reports more than MAX.

(() => {
  const MAX = 20;
  const MAX_LENGTH = 300;
  const reported = new Set();
  const faults = { collected: [], blocked: new Set(), onFault: (fault) => faults.collected.push(fault) };
  const report = (fault) => {
    const key = JSON.stringify(fault);
    if (reported.size >= MAX || reported.has(key)) return;
    reported.add(key);
    faults.onFault(fault);
  };
  const firstLine = Number(document.documentElement.dataset.firstLine) || 0;
  const error = (message, line) =>
    report({ type: "error", message: String(message).slice(0, MAX_LENGTH), line: Math.max(line - firstLine + 1, 0) });
  window.addEventListener("error", ({ message, lineno, filename }) => {
    if (message) error(message, filename === location.href ? lineno : 0);
  });
  window.addEventListener("unhandledrejection", ({ reason }) => {
    error(reason instanceof Error ? `${reason.name}: ${reason.message}` : `Uncaught (in promise) ${reason}`, 0);
  });
  document.addEventListener("securitypolicyviolation", ({ blockedURI }) => {
    if (!/^https?:/.test(blockedURI)) return;
    const { origin } = new URL(blockedURI);
    faults.blocked.add(origin);
    report({ type: "blocked", origin: origin.slice(0, MAX_LENGTH) });
  });
  Object.defineProperty(window, "gtcrowdFaults", { value: faults });
})();
