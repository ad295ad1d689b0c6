// The page around a task: timer, sending, what comes next. The task itself lives in a sandboxed frame.
import { submits } from "./elements/keys.js";
import { fromFrame, tellFrame } from "./elements/messages.js";
import { ActiveTime, clock } from "./timing.js";

const $ = (name) => document.querySelector(`[data-${name}]`);
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const addresses = read("addresses");
const texts = $("texts").dataset;
const token = $("token").querySelector("input").value;
const KEPT = `gtcrowd-answer-${addresses.submit}`;
const RETRY_SECONDS = 3;

let task = null; // {assignment, frame, ends}
let earned = 0;
const active = new ActiveTime();
const frame = $("frame");

function show(state) {
  task = { ...state, ends: Date.now() + state.secondsLeft * 1000, warned: false };
  frame.src = state.frame;
  $("stage").hidden = false;
  $("over").hidden = true;
  busy(false);
  active.restart();
  tick();
}

function finish(text) {
  task = null;
  frame.removeAttribute("src");
  $("stage").hidden = true;
  $("start")?.remove();
  $("over-text").textContent = earned ? `${text} ${texts.earned}${earned.toFixed(3)}` : text;
  $("over").hidden = false;
  $("timer").textContent = "–";
  $("back").focus();
}

function busy(is) {
  $("stage").classList.toggle("busy", is);
  tellFrame(frame, { type: "disable", disabled: is });
}

function tick() {
  if (!task) return;
  const left = Math.round((task.ends - Date.now()) / 1000);
  const timer = $("timer");
  timer.textContent = left > 0 ? clock(left) : texts.late;
  timer.className = left <= 0 ? "over" : left <= 60 ? "soon" : "";
  if (left <= 60 && left > 0 && !task.warned && task.secondsLeft > 90) {
    task.warned = true;
    $("status").textContent = texts.minute;
  }
}

function problem(text, link) {
  const box = $("problem");
  box.replaceChildren(text);
  if (link) {
    const anchor = Object.assign(document.createElement("a"), { href: link, textContent: texts.signIn });
    box.append(" ", anchor);
  }
  box.hidden = !text;
}

async function post(address, body) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token, "X-Requested-With": "fetch" },
    body: JSON.stringify(body),
    redirect: "manual",
  });
  if (response.type === "opaqueredirect" || response.status === 403) return { signedOut: true };
  if (response.status >= 500) throw new Error(String(response.status));
  return { status: response.status, ...(await response.json()) };
}

// The answer is kept until the server has acknowledged it; a reload or a lost connection loses nothing.
async function send(answer) {
  sessionStorage.setItem(KEPT, JSON.stringify(answer));
  busy(true);
  $("status").textContent = texts.sending;
  let reply;
  try {
    reply = await post(addresses.submit, answer);
  } catch {
    problem(texts.lost);
    setTimeout(() => send(answer), RETRY_SECONDS * 1000);
    return;
  }
  if (reply.signedOut) {
    problem(texts.signedOut, addresses.signIn);
    return;
  }
  sessionStorage.removeItem(KEPT);
  problem("");
  if (reply.status === 422) {
    busy(false);
    tellFrame(frame, { type: "problem", text: reply.problem });
    return;
  }
  if (reply.receipt) {
    earned += Number(reply.receipt.paid);
    $("done").textContent = String(Number($("done").textContent) + 1);
  }
  note(reply.receipt?.note || reply.problem || "");
  goOn(reply);
}

function note(text) {
  $("note").textContent = text;
  $("note").hidden = !text;
}

function goOn(reply) {
  if (reply.next) {
    show(reply.next);
    $("status").textContent = texts.next;
  } else {
    finish(reply.over ?? "");
  }
}

function open(name) {
  const dialog = document.querySelector(`[data-dialog="${name}"]`);
  if (!dialog.open) dialog.showModal();
  return dialog;
}

function askToLeave(how) {
  if (!task) return;
  const dialog = open("leave");
  for (const one of ["return", "decline"]) {
    dialog.querySelector(`[data-${one}-title]`).hidden = one !== how;
    dialog.querySelector(`[data-${one}-text]`).hidden = one !== how;
  }
  dialog.onclose = async () => {
    if (dialog.returnValue === "yes") await leave(how, dialog.querySelector("input").value);
    dialog.returnValue = "";
    tellFrame(frame, { type: "focus" });
  };
}

async function leave(how, reason) {
  try {
    const reply = await post(addresses.leave, { assignment: task.assignment, how, reason });
    if (reply.signedOut) problem(texts.signedOut, addresses.signIn);
    else goOn(reply);
  } catch {
    problem(texts.lost);
  }
}

window.addEventListener("message", (event) => {
  const message = fromFrame(event, frame);
  if (message?.type === "ready") {
    frame.focus();
    tellFrame(frame, { type: "focus" });
  }
  if (message?.type === "height") frame.style.height = `${Math.min(4000, Math.max(300, Number(message.height) || 0))}px`;
  if (message?.type === "answer" && task) {
    send({ assignment: task.assignment, content: message.content, activeSeconds: active.seconds() });
  }
  if (message?.type === "key" && message.key === "?") open("instructions");
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, dialog");
  if (typing || !task) return;
  if (submits(event)) tellFrame(frame, { type: "submit" });
  else if (event.key === "?") open("instructions");
  else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    tellFrame(frame, { type: "key", key: event.key });
  }
});

document.querySelectorAll("[data-open]").forEach((button) => button.addEventListener("click", () => open(button.dataset.open)));
document.querySelectorAll("[data-leave]").forEach((button) => button.addEventListener("click", () => askToLeave(button.dataset.leave)));
document.querySelectorAll("dialog").forEach((dialog) =>
  dialog.addEventListener("close", () => tellFrame(frame, { type: "focus" })),
);
setInterval(tick, 1000);

const state = read("state");
const kept = sessionStorage.getItem(KEPT);
if (state) show(state);
if (kept) send(JSON.parse(kept));
