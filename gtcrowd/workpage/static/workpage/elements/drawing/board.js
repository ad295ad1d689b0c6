// A picture to draw on: enlarged at the pointer, moved about, made brighter; by wheel, mouse, pen, fingers and keys.
// Who draws is told places on the picture, and draws into `overlay` (as large as the room) or `stage` (as large as the
// picture, moved and enlarged with it).

import { build } from "../build.js";
import { Loading } from "../loading.js";
import { text } from "../texts.js";
import { fitted, moved, showing, stepped, toPicture, toRoom, zoomed } from "./view.js";

const SVG = "http://www.w3.org/2000/svg";
const WHEEL = 300; // pixels of a wheel for a step of e

export class Board {
  /** `draws`: {down, move, up, hover, cancel, changed}; places are of the picture, not rounded and not cut off. */
  constructor({ src, alt, draws }) {
    this.draws = draws;
    this.view = null;
    this.fits = true;
    this.moving = false; // whether one finger or the mouse moves the picture instead of drawing
    this.pointers = new Map();
    this.loading = new Loading({ src, alt, told: () => this.loaded() });
    this.stage = build("div", { class: "board-stage" }, this.loading.image);
    this.overlay = document.createElementNS(SVG, "svg");
    this.overlay.setAttribute("class", "board-overlay");
    this.overlay.setAttribute("aria-hidden", "true");
    this.room = build("div", { class: "board-room", tabindex: "0", role: "application", "aria-label": text("board") }, this.stage, this.overlay);
    this.element = build("div", { class: "board" }, this.room, this.loading.panel);
    this.watch = new ResizeObserver(() => this.resized());
    this.listen();
  }

  start() {
    this.watch.observe(this.room);
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
    return { width: this.room.clientWidth, height: this.room.clientHeight };
  }

  /** Pixels of the picture that so many of the room are. */
  reach(pixels) {
    return pixels / (this.view?.scale ?? 1);
  }

  toRoom(place) {
    return toRoom(this.view, place);
  }

  light({ brightness, contrast }) {
    this.loading.image.style.filter = `brightness(${brightness}%) contrast(${contrast}%)`;
  }

  fit() {
    this.fits = true;
    this.show(fitted(this.picture, this.size));
  }

  step(steps) {
    this.look(stepped(this.view, steps, this.picture, this.size));
  }

  pan(dx, dy) {
    this.look(moved(this.view, dx, dy, this.picture, this.size));
  }

  /** Bring a place of the picture into sight. */
  reveal(place) {
    this.look(showing(this.view, place, this.picture, this.size));
  }

  look(view) {
    this.fits = false;
    this.show(view);
  }

  show(view) {
    this.view = view;
    this.stage.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    this.room.classList.toggle("board-pixels", view.scale >= 3);
    this.draws.changed();
  }

  loaded() {
    this.room.hidden = this.failed;
    if (!this.failed && this.picture.width) this.fit();
  }

  resized() {
    if (!this.picture.width || !this.size.width) return;
    if (this.fits || !this.view) this.fit();
    else this.show(this.view);
  }

  // Pointers

  listen() {
    const { room } = this;
    room.addEventListener("pointerdown", (event) => this.down(event));
    room.addEventListener("pointermove", (event) => this.move(event));
    room.addEventListener("pointerup", (event) => this.up(event));
    room.addEventListener("pointercancel", (event) => this.lost(event));
    room.addEventListener("pointerleave", () => this.ready && this.draws.hover(null));
    room.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    room.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  at(event) {
    const box = this.room.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  place(event) {
    return toPicture(this.view, this.at(event));
  }

  down(event) {
    if (!this.ready) return;
    this.room.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.at(event));
    if (this.pointers.size === 2) {
      this.draws.cancel(); // a second finger: it was meant to move the picture
      this.drawn = null;
    } else if (this.pointers.size === 1) {
      const panning = this.moving || event.button === 1 || this.held;
      this.drawn = panning || event.button === 2 ? null : event.pointerId;
      this.panned = panning ? event.pointerId : null;
      if (this.drawn !== null) this.draws.down(this.place(event), event);
      event.preventDefault();
      this.room.focus({ preventScroll: true });
    }
  }

  move(event) {
    if (!this.ready) return;
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      this.draws.hover(this.place(event));
      return;
    }
    const now = this.at(event);
    if (this.pointers.size >= 2) this.pinch(event.pointerId, before, now);
    else if (this.panned === event.pointerId) this.pan(now.x - before.x, now.y - before.y);
    else if (this.drawn === event.pointerId) this.draws.move(this.place(event), event);
    this.pointers.set(event.pointerId, now);
  }

  up(event) {
    const drawn = this.drawn === event.pointerId;
    this.forget(event);
    if (drawn) this.draws.up(this.place(event), event);
  }

  lost(event) {
    if (this.drawn === event.pointerId) this.draws.cancel();
    this.forget(event);
  }

  forget(event) {
    this.pointers.delete(event.pointerId);
    if (this.drawn === event.pointerId) this.drawn = null;
    if (this.panned === event.pointerId) this.panned = null;
  }

  /** Two fingers: what is under them stays under them. */
  pinch(id, before, now) {
    const other = [...this.pointers].find(([one]) => one !== id)[1];
    const apart = (one) => Math.hypot(one.x - other.x, one.y - other.y) || 1;
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    const view = zoomed(this.view, middle, apart(now) / apart(before), this.picture, this.size);
    this.look(moved(view, (now.x - before.x) / 2, (now.y - before.y) / 2, this.picture, this.size));
  }

  wheel(event) {
    if (!this.ready) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    if (event.shiftKey) this.pan(-(event.deltaX + event.deltaY) * lines, 0);
    else this.look(zoomed(this.view, this.at(event), Math.exp((-event.deltaY * lines) / WHEEL), this.picture, this.size));
  }
}
