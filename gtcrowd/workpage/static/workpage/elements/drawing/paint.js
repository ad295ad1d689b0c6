// Draws a sketch over its picture, in pixels of the room, so that lines and handles are as thick however far one has
// zoomed in. Colours follow the labels; each shape carries its label in words as well.

import { colourOf } from "../colours.js";
import { touches } from "./types.js";

const SVG = "http://www.w3.org/2000/svg";
export class Paint {
  constructor({ sketch, board, hand, keyboard, colours }) {
    Object.assign(this, { sketch, board, hand, keyboard, colours });
    this.opacity = 0.25;
    this.cross = true; // lines through the pointer; else a ring about it
  }

  draw() {
    const { board, sketch } = this;
    if (!board.ready) return;
    const { width, height } = board.size;
    board.overlay.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const drawn = sketch.seen.flatMap((shape, index) => (shape.hidden ? [] : [this.shape(shape, index)]));
    // The selected one lies on top.
    if (sketch.shape && !sketch.shape.hidden) drawn.push(...this.handles(sketch.seen[sketch.selected]));
    board.overlay.replaceChildren(...drawn, ...this.draft(), ...this.cursor());
  }

  colour(label) {
    return colourOf(Math.max(this.sketch.labels.indexOf(label), 0), this.colours);
  }

  shape(shape, index) {
    const { type, selected } = this.sketch;
    const points = type.outline(shape).map((point) => this.board.toRoom(point));
    const colour = this.colour(shape.label);
    const group = node("g", { class: `shape${index === selected ? " shape-selected" : ""}` });
    if (points.length === 1) {
      group.append(node("circle", { cx: points[0].x, cy: points[0].y, r: 6, fill: colour, class: "shape-point" }));
    } else {
      const d = path(points, type.closed);
      group.append(
        node("path", { d, class: "shape-halo" }),
        node("path", { d, stroke: colour, class: "shape-line", fill: type.closed ? colour : "none", "fill-opacity": this.opacity }),
      );
    }
    group.append(words(shape.label, top(points)));
    return group;
  }

  handles(shape) {
    const colour = this.colour(shape.label);
    return this.sketch.type.handles(shape).map((handle, place) => {
      const { x, y } = this.board.toRoom(handle);
      const active = place === this.sketch.handle;
      return node("rect", { x: x - 5, y: y - 5, width: 10, height: 10, stroke: colour, class: `shape-handle${active ? " shape-handle-active" : ""}` });
    });
  }

  draft() {
    const { sketch, hand, board } = this;
    if (!sketch.draft) return [];
    const points = sketch.type.byDrag ? sketch.type.outline({ points: sketch.draft }) : [...sketch.draft, ...(hand.over ? [hand.over] : [])];
    const room = points.map((point) => board.toRoom(point));
    const colour = colourOf(sketch.label, this.colours);
    const d = path(room, sketch.type.byDrag);
    const first = room[0];
    const closes = hand.over && hand.ends(hand.over, board.reach(8));
    return [
      node("path", { d, class: "shape-halo" }),
      node("path", { d, stroke: colour, fill: "none", class: "shape-line shape-draft" }),
      ...(sketch.type.byDrag ? [] : [node("circle", { cx: first.x, cy: first.y, r: closes ? 9 : 5, stroke: colour, class: "shape-handle" })]),
    ];
  }

  /** Lines through the place of the pointer or of the keyboard's cursor, to see what it is level with. */
  cursor() {
    const { board, hand, sketch } = this;
    const at = hand.over;
    if (!at || sketch.preview) return [];
    if (!sketch.draft && !sketch.type.byDrag && sketch.shapes.some((one) => !one.hidden && touches(sketch.type, one, at, 0))) return [];
    return this.cross ? crosshair(board, at) : ring(board.toRoom(at), 5);
  }
}

/** Lines through a place of the picture, as wide and high as the room. */
export function crosshair(board, place) {
  const { x, y } = board.toRoom(place);
  const { width, height } = board.size;
  const d = `M${x} 0V${height}M0 ${y}H${width}`;
  return [node("path", { d, class: "cross cross-halo" }), node("path", { d, class: "cross" })];
}

/** A ring about a place of the room. */
export function ring({ x, y }, r) {
  return [node("circle", { cx: x, cy: y, r, class: "cross cross-halo" }), node("circle", { cx: x, cy: y, r, class: "cross" })];
}

export function node(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function path(points, closed) {
  return `M${points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}${closed ? "Z" : ""}`;
}

function top(points) {
  return points.reduce((best, point) => (point.y < best.y ? point : best));
}

function words(label, { x, y }) {
  const made = node("text", { x: x + 4, y: Math.max(y - 6, 12), class: "shape-words" });
  made.textContent = label;
  return made;
}
