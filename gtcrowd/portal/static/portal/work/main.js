// The work page: shows a task, sends its answer, shows the next one without loading the page anew.

import { ActiveTime } from "./active-time.js";
import { Ahead } from "./ahead.js";
import { Drafts } from "./draft.js";
import { listenToKeys } from "./keyboard.js";
import { Outbox } from "./outbox.js";
import { WorkPage } from "./page.js";
import { wireReport } from "./report.js";
import { send } from "./send.js";
import { ShortcutList } from "./shortcuts.js";
import { Stage } from "./stage.js";
import { Countdown } from "./timer.js";

const LAST_WORDS_MS = 300; // the frame's, before the page is left

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const addresses = read("addresses");
const keys = read("keys");
let task = read("task");
let outlining = false;

const page = new WorkPage(read("texts"));
const active = new ActiveTime();
const countdown = new Countdown({
  shown: (seconds) => page.time(seconds),
  soon: () => page.say(page.text("minuteLeft")),
});
const outbox = new Outbox({
  name: `gtcrowd:answers:${addresses.person}:${addresses.submit}`,
  send: (answer, others) => send(addresses.submit, { ...answer, ...at(answer, others) }),
  told,
});
let away = false; // signed out
let handed = outbox.holds(task.assignment); // the task that is shown has been answered
const acts = {
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
    if (outcome.kind === "signedOut") signedOut();
    else if (away && outcome.kind === "taken") back();
    return outcome;
  },
});
const ahead = new Ahead({
  wanted: () => !document.getElementById("stop-after").checked && outbox.empty,
  ask: () => send(addresses.ahead, { assignment: task.assignment }),
  found: (next) => stage.ahead(next.frame),
  gone: () => stage.forget(),
});
const stage = new Stage(document.getElementById("frame"), {
  ready: (guide) => {
    page.guide(guide);
    const draft = drafts.find(task.assignment, task.draft);
    if (draft) stage.tell("restore", { state: draft });
    performance.mark("gtcrowd:usable");
    if (handed) stage.tell("disable");
    if (outbox.empty) ahead.begin();
  },
  answer: ({ content }) => hand(content),
  draft: ({ state }) => handed || drafts.keep(task.assignment, state),
  key: ({ key }) => acts[key]?.(),
  active: () => active.touch(),
  outline,
  fault: () => page.notice(page.text("frameFault"), { level: "error" }),
  shut: () => {
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close(); // it may have opened them
    page.notice(page.text("frameShut"), { level: "error" });
  },
});

stage.useKeys(keys.inForce);
new ShortcutList(page, {
  ...keys,
  save: (change) => send(addresses.keys, change),
  changed: (inForce) => stage.useKeys(inForce),
});
listenToKeys({ acts, pass: (pressed) => stage.tell("key", pressed) });
page.wireDialogs(() => stage.focus());
page.wireInstructions(() => stage.focus());
page.wireForms();
wireReport(page, {
  save: (report) => send(addresses.report, report),
  sent: (sentence) => page.notice(sentence, { level: "success" }),
});
// On a small screen they would cover the task; they stood on the page before this one.
if (window.matchMedia("(max-width: 44rem)").matches) page.instructions(false);
page.task(task);
stage.show(task.frame);
countdown.start(task.secondsLeft);
page.part("more-time").addEventListener("click", moreTime);
page.part("stop-form").addEventListener("submit", stop);
window.addEventListener("beforeunload", (event) => {
  if (!outbox.empty) event.preventDefault();
});
window.addEventListener("offline", () => outbox.empty && page.notice(page.text("offlineNow"), { level: "warning" }));
window.addEventListener("online", () => {
  page.say(page.text("backOnline"));
  if (outbox.empty) page.notice("");
});
if (!outbox.empty) {
  // Left over from before a reload or a sign-in; they go first.
  page.notice(page.text("waitingAnswer"));
  outbox.now();
}

function hand(content) {
  if (handed) return; // a second click while the first is on its way
  performance.mark("gtcrowd:submitted"); // how long it takes is seen in the browser's own tools
  handed = true;
  stage.tell("disable");
  const more = !document.getElementById("stop-after").checked;
  outbox.put({ assignment: task.assignment, content, activeSeconds: active.seconds, more });
}

/** What the server is to know besides an answer: the task that comes after it is there already, and which one it is. */
function at(answer, [other]) {
  if (other) return { at: other.assignment };
  return answer.assignment === task.assignment || handed ? {} : { at: task.assignment };
}

function told({ kind, reply }, answer, wait) {
  const hear = {
    taken: () => {
      away = false;
      drafts.drop(answer.assignment);
      if (!reply.receipt.repeated) page.paid(reply.receipt.paid);
      after(reply, reply.receipt.sentence, reply.receipt.extra || reply.receipt.wrong ? "warning" : "success");
    },
    settled: () => {
      drafts.drop(answer.assignment);
      after(reply, reply.problem, "warning");
    },
    refused: () => refused(reply, answer),
    notYours: () => page.notice(page.text("notYours"), { level: "error", actions: again() }),
    signedOut,
    offline: () => goOn(answer) || waiting(navigator.onLine ? "kept" : "offline", wait),
    serverFault: () => goOn(answer) || waiting("serverFault", wait),
  };
  hear[kind]();
}

/** Ask the server what lies between four points; one after another, whatever the frame asks. */
async function outline({ number, address, points, width, height }) {
  const { assignment } = task;
  const answer = (found) => assignment === task.assignment && stage.tell("outlined", { number, ...found });
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

/** An answer is settled: show the next task, unless a further answer is on its way, or the worker is at the next task. */
function after(reply, sentence, level) {
  if (!handed) return caughtUp(reply, sentence, level);
  if (outbox.empty) return follow(reply, sentence, level);
  return page.say(sentence);
}

/** The worker went on without connection, and the server now knows that. */
function caughtUp(reply, sentence, level) {
  page.part("receipt").textContent = level === "success" ? sentence : "";
  page.say(sentence);
  if (reply.next?.assignment === task.assignment) {
    task = { ...task, ...reply.next };
    page.late(false);
    countdown.start(task.secondsLeft);
    page.notice(level === "success" ? "" : sentence, { level });
  } else if (reply.at === task.assignment) {
    page.notice(page.text("lostTask"), { level: "warning" });
  }
  ahead.begin();
}

/** Without connection: on to the task that was fetched in advance, if there is one; the answer waits. */
function goOn(answer) {
  if (answer.assignment !== task.assignment || !answer.more) return false;
  const next = ahead.task && stage.has(ahead.task.frame) ? ahead.take() : null;
  if (!next) return false;
  shown(next);
  page.notice(page.text("offlineNext"), { level: "warning", actions: again() });
  return true;
}

/** Signed in again, in another tab. */
function back() {
  away = false;
  page.notice(page.text("signedInAgain"), { level: "success" });
}

function signedOut() {
  away = true;
  page.notice(page.text("signedOut"), { level: "warning", actions: [[page.text("signIn"), addresses.signIn], ...again()] });
}

/** Leave the work for later, once the server has what was done. */
async function stop(event) {
  event.preventDefault();
  stage.tell("draft");
  await new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS));
  if (await drafts.flush()) page.part("stop-form").submit();
  else page.notice(page.text("draftNotKept"), { level: "warning" });
}

/** Ask for the time limit to begin anew; the server says until when, or why not. */
async function moreTime() {
  const { kind, reply } = await send(addresses.moreTime, { assignment: task.assignment });
  if (kind === "signedOut") return signedOut();
  if (kind !== "taken") {
    page.notice(reply.problem ?? page.text("kept", { seconds: 0 }), { level: "warning" });
    return;
  }
  page.late(false);
  countdown.start(reply.secondsLeft);
  page.say(page.text("moreTime"));
  stage.focus();
}

function again() {
  return [[page.text("sendAgain"), () => outbox.again()]];
}

function waiting(text, seconds) {
  const count = outbox.answers.length;
  page.notice(page.text(count > 1 ? "offlineBoth" : text, { seconds, count }), { level: "warning", actions: again() });
}

function refused(reply, answer) {
  if (answer.assignment !== task.assignment) {
    page.notice(page.text("lastRefused", { problem: reply.problem ?? "" }), { level: "warning" });
    return;
  }
  handed = false;
  page.notice("");
  stage.tell("problem", { sentence: reply.problem ?? page.text("frameFault") });
}

/** Go on to the next task, or to where the server says when there is none. */
function follow(reply, sentence, level) {
  if (!reply.next) {
    window.location.assign(reply.go ?? addresses.page);
    return;
  }
  page.notice(level === "success" ? "" : sentence, { level });
  page.say(`${sentence} ${page.text("loaded")}`);
  page.part("receipt").textContent = level === "success" ? sentence : "";
  shown(reply.next);
}

function shown(next) {
  task = next;
  handed = false;
  page.task(task);
  page.late(false);
  active.restart();
  countdown.start(task.secondsLeft);
  stage.show(task.frame);
}
