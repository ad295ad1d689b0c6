// What the work page and the sandboxed frame say to each other. Nothing else passes between them.
//
// The frame shows a requester's template, which nobody has read. So the page takes nothing from it but the
// messages below, checked for sender and shape, and tells it nothing that it could misuse.
//
// frame → page
//   ready   {keys, tools, about}     the elements stand; keys are listened to, and these do something: [key, words] each;
//                                    tools and about: what the tool guide says (elements/guide.js)
//   answer  {content}                the worker submits; content is an object keyed by the elements' names
//   draft   {state}                  what has been done so far, to be put back if the page is lost
//   key     {key}                    a shortcut of the page's that was pressed inside the frame: what it does (elements/keys.js)
//   missing {missing}                whether the object, or a part of it, could not be loaded
//   active  {}                       the worker does something; at most every few seconds
//   error   {message, line}          an error of the page's own script, once each; line 0 if it is not known
//   blocked {origin}                 the page wants something from a foreign origin that the policy keeps out, once each
//   outline {number, address, points, width, height}   what lies between four points of the picture at an address that was
//                                    signed for this task? Only the server says whether it may be asked
// page → frame
//   focus   {}                       take the keyboard
//   restore {state}                  put back what was done before
//   disable {}                       an answer is on its way; change nothing
//   problem {sentence}               the answer was not taken, and why; let the worker go on
//   key     {key, ctrl, alt, shift}  a key pressed in the page that is meant for the task
//   keys    {keys}                   these keys are in force, by what they do
//   draft   {}                       tell what has been done, now
//   outlined {number, left, top, width, height, runs} or {number, problem}   the pixels that were asked for by that number, or a
//                                    sentence why there are none

const SENDER = "gtcrowd";

const FROM_SANDBOX = {
  ready: ({ keys = [], tools = [], about = [] }) =>
    isList(keys, isPair) && isList(tools, isTool) && isList(about, isText),
  answer: ({ content }) => isObject(content),
  draft: ({ state }) => isObject(state),
  key: ({ key }) => typeof key === "string" && key.length < 20,
  outline: ({ number, address, points, width, height }) =>
    [number, width, height].every(isCount) &&
    typeof address === "string" &&
    address.length < 2000 &&
    Array.isArray(points) &&
    points.length === 4 &&
    points.every(isPoint),
  missing: ({ missing }) => typeof missing === "boolean",
  active: () => true,
  error: ({ message, line }) => isText(message) && isCount(line),
  blocked: ({ origin }) => isText(origin),
};

const FROM_PAGE = {
  focus: () => true,
  restore: ({ state }) => isObject(state),
  disable: () => true,
  problem: ({ sentence }) => typeof sentence === "string",
  key: ({ key }) => typeof key === "string" && key.length < 20,
  outlined: ({ number, problem, ...mask }) => isCount(number) && (typeof problem === "string" || isMask(mask)),
  keys: ({ keys }) => isObject(keys) && Object.values(keys).every((key) => typeof key === "string" && key.length < 20),
  draft: () => true,
};

const MAX_PER_SECOND = 40; // no task needs more

/** Calls `handlers[type](data)` for every sound message from the frame's window, and `handlers.flood()` once when there are
 *  more than any task could mean; returns a function that stops it. */
export function listenToSandbox(sandbox, handlers) {
  let times = [];
  return listen(FROM_SANDBOX, handlers, (event) => {
    if (event.source !== sandbox.contentWindow || event.origin !== "null" || !times) return false;
    while (times.length && event.timeStamp - times[0] > 1000) times.shift();
    if (times.push(event.timeStamp) <= MAX_PER_SECOND) return true;
    times = null;
    handlers.flood?.();
    return false;
  });
}

/** Calls `handlers[type](data)` for every sound message from the page at `origin`. */
export function listenToPage(origin, handlers) {
  return listen(FROM_PAGE, handlers, (event) => event.source === window.parent && event.origin === origin);
}

/** The sandbox's origin is opaque and cannot be named; therefore no message contains anything private. */
export function tellSandbox(sandbox, type, data = {}) {
  sandbox.contentWindow?.postMessage({ from: SENDER, type, ...data }, "*");
}

export function tellPage(origin, type, data = {}) {
  window.parent.postMessage({ from: SENDER, type, ...data }, origin);
}

function listen(types, handlers, isSender) {
  const onMessage = (event) => {
    const data = event.data;
    if (!isSender(event) || !isObject(data) || data.from !== SENDER) return;
    if (Object.hasOwn(types, data.type) && types[data.type](data)) handlers[data.type]?.(data);
  };
  window.addEventListener("message", onMessage);
  return () => window.removeEventListener("message", onMessage);
}

function isList(value, isValid) {
  return Array.isArray(value) && value.length < 40 && value.every(isValid);
}

function isPair(value) {
  return Array.isArray(value) && value.length === 2 && value.every(isText);
}

function isText(value) {
  return typeof value === "string" && value.length < 400;
}

/** The icon must be an SVG path and nothing else. */
function isTool(value) {
  return (
    isObject(value) &&
    [value.words, value.key, value.symbol].every(isText) &&
    /^[MmLlHhVvCcSsQqTtAaZz0-9\s.,+-]{0,600}$/.test(value.icon)
  );
}

function isPoint(value) {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);
}

function isCount(value) {
  return Number.isSafeInteger(value) && value >= 0;
}

function isMask({ left, top, width, height, runs }) {
  return [left, top, width, height].every(isCount) && Array.isArray(runs) && runs.every(isCount);
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
