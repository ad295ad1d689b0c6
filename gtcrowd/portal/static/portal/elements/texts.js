// What the elements say: English, or whatever the page brings along in <script type="application/json" id="texts">.

const ENGLISH = {
  choose: "Choose one",
  submit: "Submit",
  nothingChosen: "Choose a category first.",
  chooseSeveral: "Choose all that apply",
  noneOfThese: "None of these",
  noneChosen: "Choose what applies first, or that nothing does.",
  required: "Fill in “%(name)s” first.",
  missing: "The picture could not be loaded.",
  retry: "Try again",
  giveUp: "If it does not help, use “Return task” above: it costs you nothing.",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  fit: "Fit or full size",
  picture: "The picture to be labeled",
  full: "Full instructions",
  zoomed: "%(percent)s %",
  board: "Picture to draw on. Arrow keys move the cursor, Enter sets a point.",
  drawn: "Drawn",
  nothing: "Nothing to label",
  show: "Show",
  hide: "Hide",
  lock: "Lock",
  unlock: "Unlock",
  remove: "Delete",
  undo: "Undo",
  redo: "Redo",
  moveMode: "Move the picture",
  fitIn: "Fit the picture in",
  tools: "Tools",
  looks: "How the picture looks",
  brightness: "Brightness",
  contrast: "Contrast",
  opacity: "Opacity",
  unfinished: "Finish what you are drawing first: press Enter twice, or Escape to drop it.",
  nothingDrawn: "Draw what you see first, or check that there is nothing to label.",
  chooseLabel: "Choose a label, then draw",
  drawnOne: "%(number)s of %(count)s: %(label)s",
  drawnCount: "%(count)s drawn",
};

let brought;

export function text(name, values = {}) {
  brought ??= JSON.parse(document.getElementById("texts")?.textContent || "{}");
  const found = brought[name] ?? ENGLISH[name];
  return found.replace(/%\((\w+)\)s/g, (_whole, key) => values[key]).replaceAll("%%", "%");
}
