// What the task's frame and the page around it tell each other, and nothing else is listened to.
//
// frame to page   {type: "ready"}
//                 {type: "height", height}           pixels that the task needs
//                 {type: "answer", content}          content as the answers of a worker response file
//                 {type: "key", key}                 a key that the page knows: "?"
// page to frame   {type: "focus"} {type: "key", key} {type: "submit"}
//                 {type: "disable", disabled} {type: "problem", text}

export function tellPage(message) {
  // The frame has no origin of its own, so it cannot name the page's; nothing secret is said.
  window.parent.postMessage({ source: "gtcrowd-task", ...message }, "*");
}

export function tellFrame(frame, message) {
  frame.contentWindow?.postMessage({ source: "gtcrowd-page", ...message }, "*");
}

export function fromPage(event) {
  return event.source === window.parent && event.data?.source === "gtcrowd-page" ? event.data : null;
}

export function fromFrame(event, frame) {
  return event.source === frame.contentWindow && event.data?.source === "gtcrowd-task" ? event.data : null;
}
