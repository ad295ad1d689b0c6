// Existing labels drawn over a picture, to be verified. Positions and sizes are fractions of the picture, so that they
// follow its zoom.
//
// From the attribute {"boundingBox": {labels, value: [{label, left, top, width, height}]}}, where value alone is
// enough, or {"semanticSegmentation": {labels, labelMappings, src}}, or {"instanceSegmentation": {labels, instances,
// src}}.

import { readObject } from "./attributes.js";
import { build, icon } from "./build.js";
import { colourOf, swatch } from "./colours.js";
import { parseInitial } from "./initial.js";
import { EYE } from "./icon-paths.js";
import { text } from "./texts.js";

const MAX_SIDE = 4096; // of the canvas of a mask; no screen shows more at once

/** Parse the overlay in the attribute; null if there is none. */
export function overlayIn(text) {
  if (!text?.trim()) return null;
  const { boundingBox, semanticSegmentation, instanceSegmentation } = readObject(text);
  if (boundingBox) return new Boxes(boundingBox);
  const mask = semanticSegmentation ?? instanceSegmentation;
  return mask ? new Mask(mask) : null;
}

class Overlay {
  constructor() {
    this.element = build("div", { class: "overlay", "aria-hidden": "true" });
    this.visibility = build(
      "button",
      {
        type: "button",
        class: "tool tool-on",
        title: `${text("overlay")} (H)`,
        "aria-label": text("overlay"),
        "aria-pressed": "true",
        "aria-keyshortcuts": "H",
      },
      icon(EYE),
    );
    this.visibility.addEventListener("click", () => this.toggle());
    this.opacity = build("input", {
      type: "range",
      min: "10",
      max: "100",
      step: "5",
      value: "60",
      "aria-label": text("overlayOpacity"),
    });
    this.opacity.addEventListener("input", () => this.fade());
    this.fade();
  }

  get tools() {
    return [this.visibility, this.opacity];
  }

  toggle() {
    this.element.hidden = !this.element.hidden;
    this.visibility.setAttribute("aria-pressed", String(!this.element.hidden));
    this.visibility.classList.toggle("tool-on", !this.element.hidden);
  }

  fade() {
    this.element.style.setProperty("--opacity", Number(this.opacity.value) / 100);
  }

  /** Handle a key event. Returns whether it was meant for the overlay. */
  press(event) {
    if (event.key.toLowerCase() !== "h" || event.ctrlKey || event.altKey || event.metaKey) return false;
    this.toggle();
    return true;
  }

  /** The list of labels. `rows`: pairs [colour, words]. */
  list(rows) {
    const items = rows.map(([colour, words]) =>
      build("li", { class: "annotation" }, build("span", { class: "annotation-label" }, swatch(0, [colour]), words)),
    );
    return build(
      "section",
      {},
      build("h2", { class: "side-title" }, text("overlaid")),
      items.length ? build("ol", { class: "annotations" }, ...items) : build("p", {}, text("overlaidNothing")),
    );
  }
}

class Boxes extends Overlay {
  constructor(initial) {
    super();
    this.boxes = Array.isArray(initial) ? initial : (initial.value ?? initial.boundingBoxes ?? []);
    const labels = initial.labels?.map((label) => (typeof label === "string" ? label : label.label)) ?? [];
    this.labels = [...new Set([...labels, ...this.boxes.map(({ label }) => label)])];
  }

  get legend() {
    return this.list(
      this.boxes.map((box, index) => [
        this.colour(box),
        `${index + 1}. ${box.label} ${Math.round(box.width)} × ${Math.round(box.height)}`,
      ]),
    );
  }

  start() {}

  colour({ label }) {
    return colourOf(this.labels.indexOf(label));
  }

  /** Draw once the size of the picture is known. */
  draw({ width, height }) {
    const boxes = this.boxes.map((box, index) => {
      const element = build(
        "div",
        { class: "overlay-box" },
        build("span", { class: "overlay-name" }, `${index + 1}. ${box.label}`),
      );
      const sides = {
        left: box.left / width,
        top: box.top / height,
        width: box.width / width,
        height: box.height / height,
      };
      for (const [side, fraction] of Object.entries(sides)) element.style[side] = `${fraction * 100}%`;
      element.style.setProperty("--colour", this.colour(box));
      return element;
    });
    this.element.replaceChildren(...boxes);
  }
}

class Mask extends Overlay {
  constructor(initial) {
    super();
    this.initial = parseInitial(initial);
    this.image = new Image();
    this.image.crossOrigin = "anonymous"; // otherwise its pixels could be shown but not read
    this.image.addEventListener("load", () => this.paint());
    this.image.addEventListener("error", () => this.missing());
  }

  get legend() {
    this.status = build("p", { class: "form-problem", role: "alert" });
    const rows = this.initial.things.map(({ label, color }) => [color, label]);
    const list = this.list(rows);
    list.append(this.status);
    return list;
  }

  start() {
    this.image.src = this.initial.src;
  }

  draw() {}

  missing() {
    this.status.textContent = text("overlayMissing");
  }

  /** Draw the mask with white made transparent. */
  paint() {
    const { naturalWidth, naturalHeight } = this.image;
    const factor = Math.min(1, MAX_SIDE / Math.max(naturalWidth, naturalHeight));
    const canvas = build("canvas", {
      class: "overlay-mask",
      width: Math.round(naturalWidth * factor),
      height: Math.round(naturalHeight * factor),
    });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingEnabled = false;
    context.drawImage(this.image, 0, 0, canvas.width, canvas.height);
    const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
    const words = new Uint32Array(pixels.data.buffer);
    for (let index = 0; index < words.length; index += 1) if (words[index] === 0xffffffff) words[index] = 0;
    context.putImageData(pixels, 0, 0);
    this.element.replaceChildren(canvas);
  }
}
