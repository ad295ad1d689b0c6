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
};

let brought;

export function text(name, values = {}) {
  brought ??= JSON.parse(document.getElementById("texts")?.textContent || "{}");
  const found = brought[name] ?? ENGLISH[name];
  return found.replace(/%\((\w+)\)s/g, (_whole, key) => values[key]).replaceAll("%%", "%");
}
