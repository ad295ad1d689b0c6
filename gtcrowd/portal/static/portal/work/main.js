// The work page: show a task, send its answer, show the next task without reloading the page.

import { ActiveTime } from "./active-time.js";
import { Prefetch } from "./prefetch.js";
import { Drafts } from "./draft.js";
import { listenToKeys } from "./keyboard.js";
import { Outbox } from "./outbox.js";
import { WorkPage } from "./page.js";
import { wireReport } from "./report.js";
import { send } from "./send.js";
import { ShortcutList } from "./shortcuts.js";
import { SandboxHost } from "./sandbox-host.js";
import { Countdown } from "./timer.js";

const DRAFT_GRACE_MS = 300; // time for the sandbox to send its last draft before the page is left

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const addresses = read("addresses");
const keys = read("keys");
let task = read("task");
let outlining = false;

const page = new WorkPage(read("texts"));
const active = new ActiveTime();
const countdown = new Countdown({
  onTick: (seconds) => page.showTime(seconds),
  onLastMinute: () => page.announce(page.text("minuteLeft")),
});
const outbox = new Outbox({
  name: `gtcrowd:answers:${addresses.person}:${addresses.submit}`,
  send: (answer, others) => send(addresses.submit, { ...answer, ...taskOnScreen(answer, others) }),
  onOutcome,
});
let isSignedOut = false;
let isSubmitted = outbox.holds(task.assignment); // whether the task on screen has been answered
const actions = {
  list: () => page.open("shortcuts"),
  guide: () => page.open("guide"),
  report: () => page.open("report"),
  stop: () => page.part("stop-form").requestSubmit(),
  instructions: () => page.instructions(),
  return: () => page.open("return"),
  decline: () => page.open("decline"),
  escape: () => page.instructions(false),
};
const drafts = new Drafts({
  name: `gtcrowd:draft:${addresses.draft}`,
  save: async (draft) => {
    const outcome = await send(addresses.draft, draft);
    if (outcome.kind === "signedOut") onSignedOut();
    else if (isSignedOut && outcome.kind === "taken") onSignedInAgain();
    return outcome;
  },
});
const prefetch = new Prefetch({
  isWanted: () => !document.getElementById("stop-after").checked && outbox.empty,
  request: () => send(addresses.inAdvance, { assignment: task.assignment }),
  onTask: (next) => host.prefetch(next.sandbox),
  onExpired: () => host.forget(),
});
const host = new SandboxHost(document.getElementById("sandbox"), {
  onReady: (guide) => {
    page.guide(guide);
    const draft = drafts.find(task.assignment, task.draft);
    if (draft) host.tell("restore", { state: draft });
    performance.mark("gtcrowd:usable");
    if (isSubmitted) host.tell("disable");
    if (outbox.empty) prefetch.start(task.assignment);
  },
  answer: ({ content }) => submit(content),
  draft: ({ state }) => isSubmitted || drafts.keep(task.assignment, state),
  key: ({ key }) => actions[key]?.(),
  active: () => active.onInput(),
  missing: ({ missing }) => page.unseen(missing),
  error: ({ message, line }) => send(addresses.scriptError, { assignment: task.assignment, error: { message, line } }),
  outline,
  onFault: () => page.notice(page.text("sandboxFailed"), { level: "error" }),
  onShutDown: () => {
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close(); // the task may have opened them
    page.notice(page.text("sandboxShutDown"), { level: "error" });
  },
});

host.useKeys(keys.inForce);
const shortcutList = new ShortcutList(page, {
  ...keys,
  save: (change) => send(addresses.keys, change),
  changed: (inForce) => host.useKeys(inForce),
});
shortcutList.listen();
listenToKeys({ actions, pass: (pressed) => host.tell("key", pressed) });
page.wireDialogs(() => host.focus());
page.wireInstructions(() => host.focus());
page.wireForms();
wireReport(page, {
  save: (report) => send(addresses.report, report),
  onSent: (sentence) => page.notice(sentence, { level: "success" }),
});
// On a small screen the instructions would cover the task; the previous page showed them.
if (window.matchMedia("(max-width: 44rem)").matches) page.instructions(false);
page.task(task);
host.show(task.sandbox);
countdown.start(task.secondsLeft);
page.part("more-time").addEventListener("click", moreTime);
page.part("stop-form").addEventListener("submit", stop);
window.addEventListener("beforeunload", (event) => {
  if (!outbox.empty) event.preventDefault();
});
window.addEventListener("offline", () => outbox.empty && page.notice(page.text("offlineNow"), { level: "warning" }));
window.addEventListener("online", () => {
  page.announce(page.text("backOnline"));
  if (outbox.empty) page.notice("");
});
if (!outbox.empty) {
  // Answers from before a reload or a sign-in are sent first.
  page.notice(page.text("waitingAnswer"));
  outbox.now();
}

function submit(content) {
  if (isSubmitted) return; // a second click while the first is being sent
  performance.mark("gtcrowd:submitted"); // visible in the browser's performance tools
  isSubmitted = true;
  host.tell("disable");
  const more = !document.getElementById("stop-after").checked;
  outbox.put({ assignment: task.assignment, content, activeSeconds: active.seconds, more });
}

/** What to send with an answer if the next task is already on screen: its assignment. */
function taskOnScreen(answer, [other]) {
  if (other) return { at: other.assignment };
  return answer.assignment === task.assignment || isSubmitted ? {} : { at: task.assignment };
}

function onOutcome({ kind, reply }, answer, wait) {
  const handlers = {
    taken: () => {
      isSignedOut = false;
      drafts.drop(answer.assignment);
      if (!reply.receipt.repeated) page.addEarnings(reply.receipt.paid);
      onSettled(reply, reply.receipt.sentence, reply.receipt.extra || reply.receipt.wrong ? "warning" : "success");
    },
    settled: () => {
      drafts.drop(answer.assignment);
      onSettled(reply, reply.problem, "warning");
    },
    refused: () => refused(reply, answer),
    notYours: () => page.notice(page.text("notYours"), { level: "error", actions: retryActions() }),
    signedOut: onSignedOut,
    offline: () => showPrefetched(answer) || showWaiting(navigator.onLine ? "kept" : "offline", wait),
    serverFault: () => showPrefetched(answer) || showWaiting("serverFault", wait),
  };
  handlers[kind]();
}

/** Request an outline from the server; one at a time, whatever the sandbox requests. */
async function outline({ number, address, points, width, height }) {
  const { assignment } = task;
  const answer = (mask) => assignment === task.assignment && host.tell("outlined", { number, ...mask });
  if (outlining) {
    answer({ problem: page.text("noOutline") });
    return;
  }
  outlining = true;
  const { kind, reply } = await send(addresses.outline, { assignment, address, points, width, height });
  outlining = false;
  if (kind === "taken") answer(reply);
  else answer({ problem: reply.problem ?? page.text("noOutline") });
}

/** Show the next task after an answer, unless another answer is being sent or the next task is already on screen. */
function onSettled(reply, sentence, level) {
  if (!isSubmitted) return onReconnected(reply, sentence, level);
  if (outbox.empty) return showNext(reply, sentence, level);
  return page.announce(sentence);
}

/** The worker continued offline, and the server has caught up. */
function onReconnected(reply, sentence, level) {
  page.part("receipt").textContent = level === "success" ? sentence : "";
  page.announce(sentence);
  if (reply.next?.assignment === task.assignment) {
    task = { ...task, ...reply.next };
    page.late(false);
    countdown.start(task.secondsLeft);
    page.notice(level === "success" ? "" : sentence, { level });
  } else if (reply.at === task.assignment) {
    page.notice(page.text("lostTask"), { level: "warning" });
  }
  prefetch.take(); // its reservation may have ended meanwhile
  prefetch.start(task.assignment);
}

/** Offline: show the prefetched task if there is one; the answer waits in the outbox. */
function showPrefetched(answer) {
  if (answer.assignment !== task.assignment || !answer.more) return false;
  const next = prefetch.task && host.has(prefetch.task.sandbox) ? prefetch.take() : null;
  if (!next) return false;
  showTask(next);
  page.notice(page.text("offlineNext"), { level: "warning", actions: retryActions() });
  return true;
}

/** The worker signed in again in another tab. */
function onSignedInAgain() {
  isSignedOut = false;
  page.notice(page.text("signedInAgain"), { level: "success" });
}

function onSignedOut() {
  isSignedOut = true;
  page.notice(page.text("signedOut"), {
    level: "warning",
    actions: [[page.text("signIn"), addresses.signIn], ...retryActions()],
  });
}

/** Stop working once the server has the draft. */
async function stop(event) {
  event.preventDefault();
  host.tell("draft");
  await new Promise((resolve) => setTimeout(resolve, DRAFT_GRACE_MS));
  if (await drafts.flush()) page.part("stop-form").submit();
  else page.notice(page.text("draftNotKept"), { level: "warning" });
}

/** Request a new time limit. The server replies with the time left, or why it refuses. */
async function moreTime() {
  const { kind, reply } = await send(addresses.moreTime, { assignment: task.assignment });
  if (kind === "signedOut") return onSignedOut();
  if (kind !== "taken") {
    page.notice(reply.problem ?? page.text("kept", { seconds: 0 }), { level: "warning" });
    return;
  }
  page.late(false);
  countdown.start(reply.secondsLeft);
  page.announce(page.text("moreTime"));
  host.focus();
}

function retryActions() {
  return [[page.text("sendAgain"), () => outbox.again()]];
}

function showWaiting(text, seconds) {
  const count = outbox.answers.length;
  page.notice(page.text(count > 1 ? "offlineBoth" : text, { seconds, count }), {
    level: "warning",
    actions: retryActions(),
  });
}

function refused(reply, answer) {
  if (answer.assignment !== task.assignment) {
    page.notice(page.text("lastRefused", { problem: reply.problem ?? "" }), { level: "warning" });
    return;
  }
  isSubmitted = false;
  page.notice("");
  host.tell("problem", { sentence: reply.problem ?? page.text("sandboxFailed") });
}

/** Show the next task, or go where the server says if there is none. */
function showNext(reply, sentence, level) {
  if (!reply.next) {
    window.location.assign(reply.go ?? addresses.page);
    return;
  }
  page.notice(level === "success" ? "" : sentence, { level });
  page.announce(`${sentence} ${page.text("loaded")}`);
  page.part("receipt").textContent = level === "success" ? sentence : "";
  showTask(reply.next);
}

function showTask(next) {
  task = next;
  isSubmitted = false;
  page.task(task);
  page.late(false);
  active.restart();
  countdown.start(task.secondsLeft);
  host.show(task.sandbox);
}
