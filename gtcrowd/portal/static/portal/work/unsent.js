// On pages without a task: send what an earlier page of this worker could not send, and report it.

import { Outbox } from "./outbox.js";
import { send } from "./send.js";

const note = document.getElementById("leftover");
const texts = JSON.parse(document.getElementById("texts").textContent);
const prefix = `gtcrowd:answers:${note.dataset.person}:`;
const sentences = [];

function show(sentence, level) {
  note.className = `note note-${level}`;
  note.textContent = sentence;
  note.hidden = !sentence;
}

const outboxes = Object.keys(localStorage)
  .filter((name) => name.startsWith(prefix))
  .map(
    (name) =>
      new Outbox({
        name,
        // This page needs no next task.
        send: (answer) => send(name.slice(prefix.length), { ...answer, more: false }),
        onOutcome: ({ kind, final, reply }) => {
          if (!final) return show(kind === "offline" ? texts.waitingOffline : texts.waitingAnswer, "warning");
          sentences.push(reply.receipt?.sentence ?? reply.problem ?? "");
          return show(sentences.join(" "), kind === "taken" ? "success" : "warning");
        },
      }),
  )
  .filter((outbox) => !outbox.empty);

if (outboxes.length) show(texts.waitingAnswer, "warning");
for (const outbox of outboxes) outbox.now();
