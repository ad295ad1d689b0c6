// Draw a sketch over its picture in pixels of the viewport, so that lines and handles keep their size at any zoom.
// Colours follow the labels; each shape also shows its label as text.

import { colourOf } from "../colours.js";
import { touches } from "./types.js";

const SVG = "http://www.w3.org/2000/svg";
export class Renderer {
  constructor({ sketch, board, pointer, keyboard, colours }) {
    Object.assign(this, { sketch, board, pointer, keyboard, colours });
    this.opacity = 0.25;
    this.showsCrosshair = true; // a crosshair through the pointer, or else a ring around it
  }

  draw() {
    const { board, sketch } = this;
    if (!board.ready) return;
    const { width, height } = board.size;
    board.overlay.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const nodes = sketch.visibleShapes.flatMap((shape, index) => (shape.hidden ? [] : [this.shape(shape, index)]));
    // The selected shape is on top.
    if (sketch.shape && !sketch.shape.hidden) nodes.push(...this.handles(sketch.visibleShapes[sketch.selected]));
    board.overlay.replaceChildren(...nodes, ...this.draft(), ...this.cursor());
  }

  colour(label) {
    return colourOf(Math.max(this.sketch.labels.indexOf(label), 0), this.colours);
  }

  shape(shape, index) {
    const { type, selected } = this.sketch;
    const points = type.outline(shape).map((point) => this.board.toViewport(point));
    const colour = this.colour(shape.label);
    const group = node("g", { class: `shape${index === selected ? " shape-selected" : ""}` });
    if (points.length === 1) {
      group.append(node("circle", { cx: points[0].x, cy: points[0].y, r: 6, fill: colour, class: "shape-point" }));
    } else {
      const d = path(points, type.closed);
      group.append(
        node("path", { d, class: "shape-halo" }),
        node("path", {
          d,
          stroke: colour,
          class: "shape-line",
          fill: type.closed ? colour : "none",
          "fill-opacity": this.opacity,
        }),
      );
    }
    group.append(caption(shape.label, top(points)));
    return group;
  }

  handles(shape) {
    const colour = this.colour(shape.label);
    return this.sketch.type.handles(shape).map((handle, index) => {
      const { x, y } = this.board.toViewport(handle);
      const active = index === this.sketch.handle;
      return node("rect", {
        x: x - 5,
        y: y - 5,
        width: 10,
        height: 10,
        stroke: colour,
        class: `shape-handle${active ? " shape-handle-active" : ""}`,
      });
    });
  }

  draft() {
    const { sketch, pointer, board } = this;
    if (!sketch.draft) return [];
    const points = sketch.type.byDrag
      ? sketch.type.outline({ points: sketch.draft })
      : [...sketch.draft, ...(pointer.position ? [pointer.position] : [])];
    const corners = points.map((point) => board.toViewport(point));
    const colour = colourOf(sketch.label, this.colours);
    const d = path(corners, sketch.type.byDrag);
    const first = corners[0];
    const closes = pointer.position && pointer.closesDraft(pointer.position, board.reach(8));
    return [
      node("path", { d, class: "shape-halo" }),
      node("path", { d, stroke: colour, fill: "none", class: "shape-line shape-draft" }),
      ...(sketch.type.byDrag
        ? []
        : [node("circle", { cx: first.x, cy: first.y, r: closes ? 9 : 5, stroke: colour, class: "shape-handle" })]),
    ];
  }

  /** A crosshair at the pointer or the keyboard cursor, to align points. */
  cursor() {
    const { board, pointer, sketch } = this;
    const at = pointer.position;
    if (!at || sketch.preview) return [];
    if (
      !sketch.draft &&
      !sketch.type.byDrag &&
      sketch.shapes.some((item) => !item.hidden && touches(sketch.type, item, at, 0))
    )
      return [];
    return this.showsCrosshair ? crosshair(board, at) : ring(board.toViewport(at), 5);
  }
}

/** A crosshair through a point of the picture, across the whole viewport. */
export function crosshair(board, point) {
  const { x, y } = board.toViewport(point);
  const { width, height } = board.size;
  const d = `M${x} 0V${height}M0 ${y}H${width}`;
  return [node("path", { d, class: "crosshair crosshair-halo" }), node("path", { d, class: "crosshair" })];
}

/** A ring around a point of the viewport. */
export function ring({ x, y }, r) {
  return [
    node("circle", { cx: x, cy: y, r, class: "crosshair crosshair-halo" }),
    node("circle", { cx: x, cy: y, r, class: "crosshair" }),
  ];
}

export function node(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function path(points, closed) {
  return `M${points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}${closed ? "Z" : ""}`;
}

function top(points) {
  return points.reduce((best, point) => (point.y < best.y ? point : best));
}

function caption(label, { x, y }) {
  const element = node("text", { x: x + 4, y: Math.max(y - 6, 12), class: "shape-label" });
  element.textContent = label;
  return element;
}
