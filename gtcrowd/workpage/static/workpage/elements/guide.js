// Describe a task for the tool guide, from the elements in it.

import { text } from "./texts.js";

const MAX_ITEMS = 39; // the page accepts no more
const ICON = /^[MmLlHhVvCcSsQqTtAaZz0-9\s.,+-]{0,600}$/;

/** The text that explains each element. */
export const GUIDES = {
  "crowd-classifier": "guideChoice",
  "crowd-image-classifier": "guideChoice",
  "crowd-classifier-multi-select": "guideChoices",
  "crowd-image-classifier-multi-select": "guideChoices",
  "crowd-bounding-box": "guideBox",
  "crowd-polygon": "guidePolygon",
  "crowd-polyline": "guidePolyline",
  "crowd-line": "guideLine",
  "crowd-keypoint": "guideKeypoint",
  "crowd-entity-annotation": "guideSpans",
  "crowd-semantic-segmentation": "guideMasks",
  "crowd-instance-segmentation": "guideThings",
  "crowd-ranking": "guideRanking",
  "crowd-text-ranking": "guideResponses",
  "crowd-question-answer-generation": "guideGeneration",
};

/** `about`: sentences; `keys`: pairs [key, words]; `tools`: {words, key, symbol, icon} of each toolbar button. */
export function guideTo(widgets) {
  const about = [...new Set(widgets.map((widget) => GUIDES[widget.localName]).filter(Boolean))].map((name) =>
    text(name),
  );
  const keys = widgets.flatMap((widget) => widget.keys ?? []).map(([key, name]) => [key, text(name)]);
  return { about, keys: keys.slice(0, MAX_ITEMS), tools: widgets.flatMap(toolsIn).slice(0, MAX_ITEMS) };
}

function toolsIn(widget) {
  return [...widget.querySelectorAll('[role="toolbar"] :is(button, summary)[aria-label]')].map((button) => {
    const icon = button.querySelector("path")?.getAttribute("d") ?? "";
    return {
      words: button.getAttribute("aria-label").slice(0, 200),
      key: (button.getAttribute("aria-keyshortcuts") ?? "").replace("Control+", "Ctrl + ").slice(0, 20),
      symbol: button.textContent.trim().slice(0, 2),
      icon: ICON.test(icon) ? icon : "",
    };
  });
}
