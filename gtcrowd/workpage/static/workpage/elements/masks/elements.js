// <crowd-semantic-segmentation>, <crowd-instance-segmentation>: which pixels belong to which label, or to which thing.

import { build } from "../build.js";
import { colourOf, swatch } from "../colours.js";
import { text } from "../texts.js";
import { Segmentation } from "./segmentation.js";

const MOST_THINGS = 254;

class CrowdSemanticSegmentation extends Segmentation {
  get inHand() {
    return this.label + 1;
  }

  code() {
    return this.inHand;
  }

  coded(things) {
    return new Map(things.map(({ label, color }) => [color, this.labels.indexOf(label) + 1]));
  }

  colours() {
    return ["#ffffff", ...this.labels.map((_label, place) => colourOf(place))];
  }

  panel() {
    const parts = super.panel();
    this.palette.inputs.forEach((input, place) => input.after(swatch(place)));
    this.marks = build("ul", { class: "marks", "aria-label": text("keeping") });
    this.list();
    return [...parts, build("details", { class: "keeping" }, build("summary", { class: "comment-link" }, text("keeping")), this.marks)];
  }

  list() {
    this.show(
      this.labels.map((label, place) => {
        const name = build("span", { class: "mark-words" }, swatch(place), label);
        return this.keeping.row({ code: place + 1, words: label, name, selected: place === this.label });
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

  described() {
    const present = [...this.labels.entries()].filter(([place]) => this.counts[place + 1]);
    return { labelMappings: Object.fromEntries(present.map(([place, label]) => [label, { color: colourOf(place) }])) };
  }
}

class CrowdInstanceSegmentation extends Segmentation {
  things = []; // labels of the things begun; their codes are their places and one
  thing = -1;

  get inHand() {
    return this.thing + 1;
  }

  /** The code of the thing at hand; the first stroke begins one. */
  code() {
    if (this.thing < 0) this.another();
    return this.thing + 1;
  }

  another() {
    if (this.things.length >= MOST_THINGS) return;
    this.thing = this.things.push(this.labels[this.label]) - 1;
    this.list();
  }

  coded(things) {
    this.things = things.slice(0, MOST_THINGS).map(({ label }) => label);
    this.list();
    return new Map(things.slice(0, MOST_THINGS).map(({ color }, place) => [color, place + 1]));
  }

  colours() {
    return ["#ffffff", ...this.things.map((_label, place) => thingColour(place))];
  }

  panel() {
    const more = build("button", { type: "button", class: "button button-plain" }, text("anotherThing"), build("kbd", {}, "N"));
    more.addEventListener("click", () => this.another());
    this.marks = build("ol", { class: "marks", "aria-label": text("drawn") });
    return [...super.panel(), more, this.marks];
  }

  get keys() {
    return [["N", "keyThing"], ...super.keys];
  }

  anywhere() {
    return { ...super.anywhere(), n: () => this.another() };
  }

  /** A label is for the next thing; the one at hand keeps its own once it has pixels. */
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
      this.things.map((label, place) => {
        const words = `${place + 1}. ${label}`;
        const name = build("button", { type: "button", class: "mark-name", "aria-pressed": String(place === this.thing) }, swatch(0, [thingColour(place)]), words);
        name.addEventListener("click", () => this.pick(place + 1));
        return this.keeping.row({ code: place + 1, words, name, selected: place === this.thing });
      }),
    );
    this.redraw();
  }

  described() {
    const present = [...this.things.entries()].filter(([place]) => this.counts[place + 1]);
    return { instances: present.map(([place, label]) => ({ label, color: thingColour(place) })) };
  }
}

/** Each thing has a colour of its own, however many there are. */
function thingColour(place) {
  return place < 10 ? colourOf(place) : `#${((place * 0x9e3779 + 0x2ca02c) & 0xffffff).toString(16).padStart(6, "0")}`;
}

export const ELEMENTS = {
  "crowd-semantic-segmentation": CrowdSemanticSegmentation,
  "crowd-instance-segmentation": CrowdInstanceSegmentation,
};
