// Request the outline of an object from its four extreme points. The sandbox has no network: the event goes to the page
// outside, which asks the server and replies.

import { text } from "../texts.js";

const PATIENCE_SECONDS = 30;

/** {left, top, width, height, runs}, or {problem}: a sentence. `ends`: places of the picture at `src`, as large as `picture`. */
export function requestOutline(element, { extremes, src, picture }) {
  return new Promise((resolve) => {
    setTimeout(() => resolve({ problem: text("outlineLate") }), PATIENCE_SECONDS * 1000);
    const question = {
      points: extremes.map(({ x, y }) => [x, y]),
      address: new URL(src, document.baseURI).pathname,
      width: picture.width,
      height: picture.height,
    };
    element.dispatchEvent(new CustomEvent("crowd-outline", { bubbles: true, detail: { ...question, resolve } }));
  });
}
