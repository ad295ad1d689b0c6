// The work page: shows a task, sends its answer, shows the next one without loading the page anew.

import { ActiveTime } from "./active-time.js";
import { Ahead } from "./ahead.js";
import { Drafts } from "./draft.js";
import { listenToKeys, run } from "./keyboard.js";
import { Outbox } from "./outbox.js";
import { WorkPage } from "./page.js";
import { send } from "./send.js";
import { Stage } from "./stage.js";
import { Countdown } from "./timer.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const addresses = read("addresses");
let task = read("task");
let outlining = false;

const page = new WorkPage(read("texts"));
const active = new ActiveTime();
const countdown = new Countdown({
  shown: (seconds) => page.time(seconds),
  soon: () => page.say(page.text("minuteLeft")),
});
const outbox = new Outbox({
  name: `gtcrowd:answer:${addresses.submit}`,
  send: (answer) => send(addresses.submit, answer),
  told,
});
const shortcuts = {
  "?": () => document.getElementById("shortcuts").showModal(),
  f1: () => document.getElementById("shortcuts").showModal(),
  "alt+i": () => page.instructions(),
  "alt+r": () => document.getElementById("return").showModal(),
  escape: () => page.instructions(false),
};
const drafts = new Drafts({ name: `gtcrowd:draft:${addresses.draft}`, save: (draft) => send(addresses.draft, draft) });
const ahead = new Ahead({
  wanted: () => !document.getElementById("stop-after").checked && !outbox.kept,
  ask: () => send(addresses.ahead, { assignment: task.assignment }),
  found: (next) => stage.ahead(next.frame),
  gone: () => stage.forget(),
});
const stage = new Stage(document.getElementById("frame"), {
  ready: (keys) => {
    page.keys(keys);
    const draft = drafts.find(task.assignment, task.draft);
    if (draft) stage.tell("restore", { state: draft });
    performance.mark("gtcrowd:usable");
    if (outbox.kept) stage.tell("disable");
    ahead.begin();
  },
  answer: ({ content }) => hand(content),
  draft: ({ state }) => outbox.kept || drafts.keep(task.assignment, state),
  key: (pressed) => run(shortcuts, pressed),
  outline,
  fault: () => page.notice(page.text("frameFault"), { level: "error" }),
  shut: () => {
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close(); // it may have opened them
    page.notice(page.text("frameShut"), { level: "error" });
  },
});

listenToKeys({ shortcuts, pass: (pressed) => stage.tell("key", pressed) });
page.wireDialogs(() => stage.focus());
page.wireInstructions(() => stage.focus());
// On a small screen they would cover the task; they stood on the page before this one.
if (window.matchMedia("(max-width: 44rem)").matches) page.instructions(false);
page.task(task);
stage.show(task.frame);
countdown.start(task.secondsLeft);
page.part("more-time").addEventListener("click", moreTime);
window.addEventListener("beforeunload", (event) => {
  if (outbox.kept) event.preventDefault();
});
if (outbox.kept) {
  // Left over from before a reload or a sign-in; it goes first.
  page.notice(page.text("waitingAnswer"));
  outbox.now();
}

function hand(content) {
  if (outbox.kept) return; // a second click while the first is on its way
  performance.mark("gtcrowd:submitted"); // how long it takes is seen in the browser's own tools
  stage.tell("disable");
  const more = !document.getElementById("stop-after").checked;
  outbox.put({ assignment: task.assignment, content, activeSeconds: active.seconds, more });
}

function told({ kind, reply }, answer, wait) {
  const hear = {
    taken: () => {
      drafts.drop();
      if (!reply.receipt.repeated) page.paid(reply.receipt.paid);
      follow(reply, reply.receipt.sentence, reply.receipt.surplus || reply.receipt.wrong ? "warning" : "success");
    },
    settled: () => follow(reply, reply.problem, "warning"),
    refused: () => refused(reply, answer),
    notYours: () => page.notice(page.text("notYours"), { level: "error", actions: again() }),
    signedOut: () => page.notice(page.text("signedOut"), { level: "warning", actions: [[page.text("signIn"), addresses.signIn], ...again()] }),
    offline: () => waiting(navigator.onLine ? "kept" : "offline", wait),
    serverFault: () => waiting("serverFault", wait),
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

/** Ask for the time limit to begin anew; the server says until when, or why not. */
async function moreTime() {
  const { kind, reply } = await send(addresses.moreTime, { assignment: task.assignment });
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
  return [[page.text("sendAgain"), () => outbox.now()]];
}

function waiting(text, seconds) {
  page.notice(page.text(text, { seconds }), { level: "warning", actions: again() });
}

function refused(reply, answer) {
  page.notice("");
  if (answer.assignment === task.assignment) stage.tell("problem", { sentence: reply.problem ?? page.text("frameFault") });
}

/** Go on to the next task, or to where the server says when there is none. */
function follow(reply, sentence, level) {
  if (!reply.next) {
    window.location.assign(reply.go);
    return;
  }
  page.notice(level === "success" ? "" : sentence, { level });
  page.say(`${sentence} ${page.text("loaded")}`);
  page.part("receipt").textContent = level === "success" ? sentence : "";
  task = reply.next;
  page.task(task);
  page.late(false);
  active.restart();
  countdown.start(task.secondsLeft);
  stage.show(task.frame);
}
