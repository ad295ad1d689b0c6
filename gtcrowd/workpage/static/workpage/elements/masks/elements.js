// <crowd-semantic-segmentation>, <crowd-instance-segmentation>: assign pixels to labels or instances.

import { build } from "../build.js";
import { colourOf, swatch } from "../colours.js";
import { text } from "../texts.js";
import { Segmentation } from "./segmentation.js";

const MAX_THINGS = 254;

class CrowdSemanticSegmentation extends Segmentation {
  get currentCode() {
    return this.label + 1;
  }

  code() {
    return this.currentCode;
  }

  codesByColour(things) {
    return new Map(things.map(({ label, color }) => [color, this.labels.indexOf(label) + 1]));
  }

  colours() {
    return ["#ffffff", ...this.labels.map((_label, index) => colourOf(index))];
  }

  panel() {
    const parts = super.panel();
    this.palette.inputs.forEach((input, index) => input.after(swatch(index)));
    this.rowList = build("ul", { class: "annotations", "aria-label": text("protectedLabels") });
    this.list();
    return [
      ...parts,
      build(
        "details",
        { class: "protection" },
        build("summary", { class: "comment-link" }, text("protectedLabels")),
        this.rowList,
      ),
    ];
  }

  list() {
    this.show(
      this.labels.map((label, index) => {
        const name = build("span", { class: "annotation-label" }, swatch(index), label);
        return this.protectedLabels.row({ code: index + 1, words: label, name, selected: index === this.label });
      }),
    );
  }

  choose(label) {
    super.choose(label);
    this.list();
  }

  pick(code) {
    if (code) this.palette.choose(code - 1, false);
  }

  encodeLabels() {
    const present = [...this.labels.entries()].filter(([index]) => this.counts[index + 1]);
    return { labelMappings: Object.fromEntries(present.map(([index, label]) => [label, { color: colourOf(index) }])) };
  }
}

class CrowdInstanceSegmentation extends Segmentation {
  things = []; // labels of the instances; their codes are index + 1
  thing = -1;

  get currentCode() {
    return this.thing + 1;
  }

  /** The code of the current instance; the first stroke creates one. */
  code() {
    if (this.thing < 0) this.addThing();
    return this.thing + 1;
  }

  addThing() {
    if (this.things.length >= MAX_THINGS) return;
    this.thing = this.things.push(this.labels[this.label]) - 1;
    this.list();
  }

  codesByColour(things) {
    this.things = things.slice(0, MAX_THINGS).map(({ label }) => label);
    this.list();
    return new Map(things.slice(0, MAX_THINGS).map(({ color }, index) => [color, index + 1]));
  }

  colours() {
    return ["#ffffff", ...this.things.map((_label, index) => thingColour(index))];
  }

  panel() {
    const button = build(
      "button",
      { type: "button", class: "button button-plain" },
      text("anotherThing"),
      build("kbd", {}, "N"),
    );
    button.addEventListener("click", () => this.addThing());
    this.rowList = build("ol", { class: "annotations", "aria-label": text("drawn") });
    return [...super.panel(), button, this.rowList];
  }

  get keys() {
    return [["N", "keyThing"], ...super.keys];
  }

  anywhere() {
    return { ...super.anywhere(), n: () => this.addThing() };
  }

  /** A label applies to the next instance; the current one keeps its label. */
  choose(label) {
    super.choose(label);
    this.thing = -1;
    this.list();
  }

  pick(code) {
    if (code) this.thing = code - 1;
    this.list();
  }

  list() {
    this.show(
      this.things.map((label, index) => {
        const words = `${index + 1}. ${label}`;
        const name = build(
          "button",
          { type: "button", class: "annotation-name", "aria-pressed": String(index === this.thing) },
          swatch(0, [thingColour(index)]),
          words,
        );
        name.addEventListener("click", () => this.pick(index + 1));
        return this.protectedLabels.row({ code: index + 1, words, name, selected: index === this.thing });
      }),
    );
    this.redraw();
  }

  encodeLabels() {
    const present = [...this.things.entries()].filter(([index]) => this.counts[index + 1]);
    return { instances: present.map(([index, label]) => ({ label, color: thingColour(index) })) };
  }
}

/** Each instance has its own colour, however many there are. */
function thingColour(index) {
  return index < 10 ? colourOf(index) : `#${((index * 0x9e3779 + 0x2ca02c) & 0xffffff).toString(16).padStart(6, "0")}`;
}

export const ELEMENTS = {
  "crowd-semantic-segmentation": CrowdSemanticSegmentation,
  "crowd-instance-segmentation": CrowdInstanceSegmentation,
};
