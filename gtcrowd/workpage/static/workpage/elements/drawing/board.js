// A picture to draw on: zoom, pan and brightness, by wheel, mouse, pen, touch and keys. Handlers get points in pixels
// of the picture and draw into `overlay` (as large as the viewport) or `content` (as large as the picture, transformed
// with it).

import { build } from "../build.js";
import { Loading } from "../loading.js";
import { text } from "../texts.js";
import { fitted, moved, showing, stepped, toPicture, toViewport, zoomed } from "./view.js";

const SVG = "http://www.w3.org/2000/svg";
const WHEEL = 300; // wheel pixels per factor e

export class Board {
  /** `handlers`: {down, move, up, hover, cancel, changed}; points are in pixels of the picture, not rounded or clamped. */
  constructor({ src, alt, handlers }) {
    this.handlers = handlers;
    this.view = null;
    this.fits = true;
    this.isPanning = false; // whether one finger or the mouse pans instead of drawing
    this.pointers = new Map();
    this.loading = new Loading({ src, alt, onChange: () => this.loaded() });
    this.content = build("div", { class: "canvas-content" }, this.loading.image);
    this.overlay = document.createElementNS(SVG, "svg");
    this.overlay.setAttribute("class", "canvas-overlay");
    this.overlay.setAttribute("aria-hidden", "true");
    this.viewport = build(
      "div",
      { class: "canvas", tabindex: "0", role: "application", "aria-label": text("board") },
      this.content,
      this.overlay,
    );
    this.element = build("div", { class: "board" }, this.viewport, this.loading.panel);
    this.watch = new ResizeObserver(() => this.resized());
    this.listen();
  }

  start() {
    this.watch.observe(this.viewport);
    this.loading.start();
  }

  stop() {
    this.watch.disconnect();
  }

  get picture() {
    return this.loading.size;
  }

  get failed() {
    return this.loading.failed;
  }

  get ready() {
    return this.view !== null;
  }

  get size() {
    return { width: this.viewport.clientWidth, height: this.viewport.clientHeight };
  }

  /** Convert a length from viewport pixels to picture pixels. */
  reach(pixels) {
    return pixels / (this.view?.scale ?? 1);
  }

  toViewport(point) {
    return toViewport(this.view, point);
  }

  adjust({ brightness, contrast }) {
    this.loading.image.style.filter = `brightness(${brightness}%) contrast(${contrast}%)`;
  }

  fit() {
    this.fits = true;
    this.show(fitted(this.picture, this.size));
  }

  step(steps) {
    this.setView(stepped(this.view, steps, this.picture, this.size));
  }

  pan(dx, dy) {
    this.setView(moved(this.view, dx, dy, this.picture, this.size));
  }

  /** Scroll a point of the picture into view. */
  reveal(point) {
    this.setView(showing(this.view, point, this.picture, this.size));
  }

  setView(view) {
    this.fits = false;
    this.show(view);
  }

  show(view) {
    this.view = view;
    this.content.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    this.viewport.classList.toggle("canvas-pixels", view.scale >= 3);
    this.handlers.changed();
  }

  loaded() {
    this.viewport.hidden = this.failed;
    if (!this.failed && this.picture.width) this.fit();
  }

  resized() {
    if (!this.picture.width || !this.size.width) return;
    if (this.fits || !this.view) this.fit();
    else this.show(this.view);
  }

  // Pointers

  listen() {
    const { viewport } = this;
    viewport.addEventListener("pointerdown", (event) => this.down(event));
    viewport.addEventListener("pointermove", (event) => this.move(event));
    viewport.addEventListener("pointerup", (event) => this.up(event));
    viewport.addEventListener("pointercancel", (event) => this.lost(event));
    viewport.addEventListener("pointerleave", () => this.ready && this.handlers.hover(null));
    viewport.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    viewport.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  at(event) {
    const box = this.viewport.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  pointAt(event) {
    return toPicture(this.view, this.at(event));
  }

  down(event) {
    if (!this.ready) return;
    this.viewport.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.at(event));
    if (this.pointers.size === 2) {
      this.handlers.cancel(); // a second finger means panning
      this.drawn = null;
    } else if (this.pointers.size === 1) {
      const panning = this.isPanning || event.button === 1 || this.held;
      this.drawn = panning || event.button === 2 ? null : event.pointerId;
      this.panned = panning ? event.pointerId : null;
      if (this.drawn !== null) this.handlers.down(this.pointAt(event), event);
      event.preventDefault();
      this.viewport.focus({ preventScroll: true });
    }
  }

  move(event) {
    if (!this.ready) return;
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      this.handlers.hover(this.pointAt(event));
      return;
    }
    const now = this.at(event);
    if (this.pointers.size >= 2) this.pinch(event.pointerId, before, now);
    else if (this.panned === event.pointerId) this.pan(now.x - before.x, now.y - before.y);
    else if (this.drawn === event.pointerId) this.handlers.move(this.pointAt(event), event);
    this.pointers.set(event.pointerId, now);
  }

  up(event) {
    const drawn = this.drawn === event.pointerId;
    this.forget(event);
    if (drawn) this.handlers.up(this.pointAt(event), event);
  }

  lost(event) {
    if (this.drawn === event.pointerId) this.handlers.cancel();
    this.forget(event);
  }

  forget(event) {
    this.pointers.delete(event.pointerId);
    if (this.drawn === event.pointerId) this.drawn = null;
    if (this.panned === event.pointerId) this.panned = null;
  }

  /** Pinch: the points under both fingers stay under them. */
  pinch(id, before, now) {
    const other = [...this.pointers].find(([pointer]) => pointer !== id)[1];
    const apart = (position) => Math.hypot(position.x - other.x, position.y - other.y) || 1;
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    const view = zoomed(this.view, middle, apart(now) / apart(before), this.picture, this.size);
    this.setView(moved(view, (now.x - before.x) / 2, (now.y - before.y) / 2, this.picture, this.size));
  }

  wheel(event) {
    if (!this.ready) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    if (event.shiftKey) this.pan(-(event.deltaX + event.deltaY) * lines, 0);
    else
      this.setView(
        zoomed(this.view, this.at(event), Math.exp((-event.deltaY * lines) / WHEEL), this.picture, this.size),
      );
  }
}
