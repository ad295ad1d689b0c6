// Base of the elements in which a worker assigns pixels.
//
// Attributes: name, header, src, labels, initial-value (see ../initial.js). Event: `crowd-change`, bubbling, after
// every step. Answer: the labels (or instances) that have pixels, with their colours; a base64 PNG of these colours on
// white; the size of the picture; and with initial-value whether it was changed.

import { readList } from "../attributes.js";
import { build, icon } from "../build.js";
import { Choices } from "../choices.js";
import { CrowdElement, keepChanges } from "../crowd-element.js";
import { Board } from "../drawing/board.js";
import { crosshair, node, ring } from "../drawing/renderer.js";
import { Toolbar } from "../drawing/toolbar.js";
import { decode, readInitial } from "../initial.js";
import { instructionsOf } from "../instructions.js";
import { Loading } from "../loading.js";
import { text } from "../texts.js";
import { LabelMap } from "./label-map.js";
import { ProtectedLabels } from "./protected-labels.js";
import { Layer } from "./layer.js";
import { requestOutline } from "./outline.js";
import { Painter, TOOLS } from "./painter.js";
import { png } from "./png.js";

const ICONS = {
  brush: "M14 3l3 3-8 8-4 1 1-4zM5 15l-2 2",
  eraser: "M4 12l7-8 6 5-7 8H7zM8 7l6 5",
  polygon: "M4 7l6-4 7 5-3 8H6z",
  fill: "M9 3l7 7-6 6-7-7zM3 9h13M17 13v3",
  dropper: "M12 5l3 3M16 2l2 2-7 7-3-3zM8 9l-5 5v3h3l5-5",
  ends: "M10 6a4 4 0 1 0 0 8 4 4 0 1 0 0-8M10 1v3M10 16v3M1 10h3M16 10h3",
};
const MAX_RUNS = 40_000; // a longer draft is not saved

export class Segmentation extends CrowdElement {
  connectedCallback() {
    if (!this.board) this.setUp();
    this.board.start();
    this.initialImage?.start();
  }

  disconnectedCallback() {
    this.board.stop();
  }

  get name() {
    return this.getAttribute("name") ?? this.localName;
  }

  /** There is no answer before the picture has come, or if it never does. */
  get _submittableValue() {
    return this.painter?.codes && this.counts ? this.answer : undefined;
  }

  get answer() {
    const { height, width } = this.board.picture;
    const answer = {
      ...this.encodeLabels(),
      labeledImage: { pngImageData: this.encodedImage },
      inputImageProperties: { height, width },
    };
    if (this.initial) answer.initialValueModified = !this.painter.codes.isAsAfter(this.initialAnswer);
    return answer;
  }

  get problem() {
    if (this.board.failed || !this.painter.codes) return this.board.loading.problem;
    if (this.painter.corners || this.painter.extremes.length) return text("unfinished");
    if (this.outlining) return text("outlining");
    return !this.painter.codes.empty || this.nothingBox.checked ? null : text("nothingPainted");
  }

  get keys() {
    return [
      ["X Z V F G", "keyBrush"],
      ["C", "keyEnds"],
      ["[ ]", "keySize"],
      ["← ↑ ↓ →", "keyCursor"],
      ["Enter", "keyPaint"],
      ["Ctrl + Z, Ctrl + Y", "keyUndo"],
      ["+ - .", "keyZoom"],
      ["M", "keyHand"],
      ["H, L", "keyKeep"],
      ["B", "keyNothing"],
    ];
  }

  get draft() {
    const runs = this.painter.codes?.runs(MAX_RUNS);
    return runs ? { runs, nothing: this.nothingBox.checked, things: this.things } : null;
  }

  restore({ runs, nothing, things }) {
    this.nothingBox.checked = nothing;
    this.started.then(() => {
      if (things) this.things = things;
      this.painter.edit(() => this.painter.codes.fill(runs));
      this.list();
    });
  }

  /** Encode the picture of the answer. This takes a moment; the form waits for it. */
  async prepare() {
    const { codes } = this.painter;
    this.counts = codes.counts();
    this.encodedImage = await png(codes, this.colours());
  }

  setUp() {
    this.initial = readInitial(this.getAttribute("initial-value"));
    this.labels = [
      ...new Set([
        ...readList(this.getAttribute("labels") ?? ""),
        ...(this.initial?.things ?? []).map(({ label }) => label),
      ]),
    ];
    this.label = 0;
    this.reportedSteps = 0;
    this.protectedLabels = new ProtectedLabels(() => this.onProtectionChange());
    this.started = new Promise((resolve) => (this.resolveStarted = resolve));
    const handlers = {
      down: (at) => this.painter.down(at),
      move: (at) => this.painter.move(at),
      up: (at) => this.painter.up(at),
      hover: (at) => this.painter.hover(at),
      cancel: () => this.painter.cancel(),
      changed: () => this.redraw(),
    };
    this.board = new Board({ src: this.getAttribute("src") ?? "", alt: text("picture"), handlers });
    this.board.loading.image.addEventListener("load", () => this.begin());
    this.painter = new Painter({
      board: this.board,
      code: () => this.code(),
      onPick: (code) => this.pick(code),
      outline: (extremes) => this.outline(extremes),
      changed: () => this.changed(),
    });
    this.layer = new Layer(this.board.viewport);
    if (this.initial) this.loadInitialImage(this.initial.src);
    const history = { undo: () => this.painter.undo(), redo: () => this.painter.redo() };
    Object.defineProperty(history, "history", {
      get: () => ({
        canUndo: this.painter.steps.length > 0 || this.painter.corners || this.painter.extremes.length > 0,
        canRedo: this.painter.undoneSteps.length > 0,
      }),
    });
    this.adjustments = { brightness: 100, contrast: 100 };
    this.toolbar = new Toolbar({
      sketch: history,
      board: this.board,
      adjust: (name, value) => this.adjust(name, value),
      cross: false,
      opacity: this.layer.opacity * 100,
    });
    this.status = build("p", { class: "picture-status", role: "status" });
    this.prepend(
      build(
        "figure",
        { class: "picture drawing" },
        this.board.element,
        ...(this.initialImage ? [this.initialImage.panel] : []),
        this.tools(),
        this.status,
        this.toolbar.element,
      ),
    );
    this.append(build("div", { class: "side" }, ...this.panel(), ...instructionsOf(this)));
    this.classList.add("ready");
  }

  /** Load the initial mask. */
  loadInitialImage(src) {
    this.initialImage = new Loading({ src, alt: "", onChange: () => this.begin() });
    this.initialImage.image.crossOrigin = "anonymous"; // otherwise its pixels could be shown but not read
  }

  /** Start when the size of the picture is known and the initial mask has loaded. */
  async begin() {
    const { width, height } = this.board.picture;
    if (this.codes || !width || (this.initialImage && (this.initialImage.failed || !this.initialImage.size.width)))
      return;
    this.codes = new LabelMap(width, height);
    this.initialAnswer = [];
    if (this.initialImage) {
      this.codes.begin();
      try {
        await decode(this.initialImage.image, this.codes, this.codesByColour(this.initial.things));
      } catch {
        this.codes = null;
        this.initialImage.settle(true);
        return;
      }
      this.initialAnswer = this.codes.end();
    }
    this.codes.locked = this.protectedLabels.codes;
    this.painter.codes = this.codes; // painting is possible from here on
    this.reportedSteps = this.initialAnswer.length ? 1 : 0; // the worker has not done anything yet
    this.painter.commit(this.initialAnswer);
    this.resolveStarted();
  }

  tools() {
    this.buttons = Object.keys(TOOLS).map((name) => {
      const key = TOOLS[name].toUpperCase();
      const button = build(
        "button",
        {
          type: "button",
          class: "tool",
          title: `${text(name)} (${key})`,
          "aria-label": text(name),
          "aria-pressed": "false",
          "aria-keyshortcuts": key,
        },
        icon(ICONS[name]),
      );
      button.addEventListener("click", () => this.painter.useTool(name));
      return button;
    });
    this.size = build("input", {
      type: "range",
      min: "1",
      max: "200",
      value: this.painter.size,
      "aria-label": text("brushSize"),
    });
    this.size.addEventListener("input", () => {
      this.painter.size = Number(this.size.value);
      this.redraw();
    });
    return build(
      "div",
      { class: "picture-tools", role: "toolbar", "aria-label": text("painting") },
      ...this.buttons,
      this.size,
    );
  }

  panel() {
    this.palette = new Choices({
      header: this.getAttribute("header") || text("chooseThenPaint"),
      labels: this.labels,
      changed: () => this.choose(this.palette.chosen[0]),
    });
    if (this.palette.inputs[0]) this.palette.inputs[0].checked = true;
    this.nothingBox = build("input", { type: "checkbox" });
    keepChanges(this.nothingBox);
    this.nothingBox.addEventListener("change", () => this.notify());
    const nothing = build(
      "label",
      { class: "choice" },
      this.nothingBox,
      build("span", { class: "choice-label" }, text("nothing")),
      build("kbd", { "aria-hidden": "true" }, "B"),
    );
    return [this.palette.element, nothing];
  }

  /** Paint the object between four extreme points with the current label. */
  async outline(extremes) {
    const code = this.code();
    this.outlining = true;
    this.redraw();
    const mask = await requestOutline(this, { extremes, src: this.board.loading.src, picture: this.board.picture });
    this.outlining = false;
    if (!mask.problem) this.painter.edit(() => this.codes.stamp(mask, code));
    this.outcome = mask.problem ?? text("outlined");
    this.redraw();
  }

  /** Show what to do next, or the result. */
  updateStatus() {
    const { tool, extremes } = this.painter;
    if (tool !== "ends") this.outcome = "";
    const note = this.protectedLabels.has(this.currentCode) && tool !== "dropper" ? text("labelKept") : "";
    const next = tool === "ends" ? text("endsSet", { number: extremes.length }) : "";
    const sentence = this.outlining ? text("outlining") : (!extremes.length && this.outcome) || note || next;
    if (this.status.textContent !== sentence) this.status.textContent = sentence;
    this.status.classList.toggle("picture-busy", Boolean(this.outlining));
  }

  choose(label) {
    this.label = label;
    this.redraw();
  }

  /** Handle a key event. Returns whether it was meant for this element. */
  press(event) {
    const control = event.ctrlKey || event.metaKey;
    if (!this.painter.codes || event.altKey) return false;
    if (control) return this.withControl(event.key.toLowerCase(), event.shiftKey);
    if (this.palette.press(event, false)) return true;
    const onPicture = event.target === this.board.viewport || event.target === document.body;
    const action = this.painter.actionFor(event, onPicture) ?? this.anywhere()[event.key];
    action?.();
    return Boolean(action);
  }

  withControl(key, shift) {
    if (key !== "z" && key !== "y") return false;
    if (key === "y" || shift) this.painter.redo();
    else this.painter.undo();
    return true;
  }

  anywhere() {
    return {
      "+": () => this.board.step(1),
      "=": () => this.board.step(1),
      "-": () => this.board.step(-1),
      ".": () => this.board.fit(),
      m: () => this.toolbar.togglePan(),
      b: () => this.nothingBox.click(),
      h: () => this.protectedLabels.toggle(this.currentCode, "hidden"),
      l: () => this.protectedLabels.toggle(this.currentCode, "locked"),
    };
  }

  takeFocus() {
    this.board.viewport.focus({ preventScroll: true });
  }

  adjust(name, value) {
    if (name === "opacity") this.layer.fade(value / 100);
    else if (name === "cross") this.showsCrosshair = value;
    else this.board.adjust((this.adjustments = { ...this.adjustments, [name]: value }));
  }

  /** Update after hiding, showing, locking or unlocking. */
  onProtectionChange() {
    if (this.codes) this.codes.locked = this.protectedLabels.codes;
    this.list();
    this.redraw();
  }

  /** Replace the rows; the focused button stays focused. */
  show(rows) {
    const focused = [...this.rowList.querySelectorAll("button")].indexOf(document.activeElement);
    this.rowList.replaceChildren(...rows);
    if (focused >= 0) this.rowList.querySelectorAll("button")[focused]?.focus();
  }

  changed() {
    this.redraw();
    if (this.reportedSteps === this.painter.steps.length) return;
    this.reportedSteps = this.painter.steps.length;
    this.notify();
  }

  /** Redraw at most once per animation frame. */
  redraw() {
    this.pendingFrame ??= requestAnimationFrame(() => {
      this.pendingFrame = undefined;
      this.draw();
    });
  }

  draw() {
    const { board, painter } = this;
    Object.keys(TOOLS).forEach((name, index) => {
      this.buttons[index].setAttribute("aria-pressed", String(painter.tool === name));
      this.buttons[index].classList.toggle("tool-on", painter.tool === name);
    });
    this.size.value = Math.round(painter.size);
    this.toolbar.draw();
    this.updateStatus();
    if (!board.ready || !painter.codes) return;
    const colours = this.colours().map((colour, code) => (this.protectedLabels.hidden.has(code) ? null : colour));
    this.layer.draw({ codes: painter.codes, colours, view: board.view, size: board.size });
    board.overlay.setAttribute("viewBox", `0 0 ${board.size.width} ${board.size.height}`);
    board.overlay.replaceChildren(...this.polygon(), ...this.ends(), ...this.cursor());
  }

  ends() {
    return this.painter.extremes.map((end) => {
      const { x, y } = this.board.toViewport(end);
      return node("circle", { cx: x, cy: y, r: 6, fill: this.colours()[this.code()], class: "shape-point" });
    });
  }

  polygon() {
    const corners = this.painter.corners ?? [];
    if (!corners.length) return [];
    const points = [...corners, ...(this.painter.position ? [this.painter.position] : [])].map((point) =>
      board(this, point),
    );
    return [
      node("polyline", { points: points.join(" "), class: "shape-halo" }),
      node("polyline", {
        points: points.join(" "),
        class: "shape-line shape-draft",
        fill: "none",
        stroke: this.colours()[this.code()],
      }),
    ];
  }

  cursor() {
    const { position, tool, size } = this.painter;
    if (!position) return [];
    const r = tool === "brush" || tool === "eraser" ? Math.max(size / 2, 1) : 4;
    return [
      ...(this.showsCrosshair ? crosshair(this.board, position) : []),
      ...ring(this.board.toViewport(position), r),
    ];
  }
}

function board(element, point) {
  const { x, y } = element.board.toViewport(point);
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}
