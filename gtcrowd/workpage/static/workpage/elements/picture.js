// A picture with zoom and scrolling; if it does not load, it can be requested again.

import { build, icon } from "./build.js";
import { Loading } from "./loading.js";
import { text } from "./texts.js";
import { fitScale, larger, smaller } from "./zoom.js";

const CORNERS = "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4";

export class Picture {
  /** `overlay`: an overlay of overlay.js, or null. */
  constructor({ src, alt, overlay = null }) {
    this.factor = null; // null: fit to the viewport
    this.loading = new Loading({ src, alt, onChange: () => this.loaded() });
    this.image = this.loading.image;
    this.overlay = overlay;
    this.sheet = build("div", { class: "picture-sheet" }, this.image, ...(overlay ? [overlay.element] : []));
    this.viewport = build(
      "div",
      { class: "picture-viewport", tabindex: "0", role: "group", "aria-label": text("picture") },
      this.sheet,
    );
    this.percent = build("output", { class: "picture-percent" });
    this.element = build("figure", { class: "picture" }, this.viewport, this.loading.panel, this.tools());
    this.watch = new ResizeObserver(() => this.draw());
  }

  start() {
    this.watch.observe(this.viewport);
    this.loading.start();
    this.overlay?.start();
  }

  stop() {
    this.watch.disconnect();
  }

  get failed() {
    return this.loading.failed;
  }

  loaded() {
    this.viewport.hidden = this.failed;
    if (!this.failed && this.overlay) this.overlay.draw(this.loading.size);
    this.draw();
  }

  /** Handle a key event. Returns whether it changed the zoom. */
  press(event) {
    const action = {
      "+": () => this.zoomIn(),
      "=": () => this.zoomIn(),
      "-": () => this.zoomOut(),
      ".": () => this.toggleFit(),
    }[event.key];
    if (!action || event.ctrlKey || event.altKey || event.metaKey) return false;
    action();
    return true;
  }

  zoomIn() {
    this.show(larger(this.shown));
  }

  zoomOut() {
    this.show(smaller(this.shown));
  }

  toggleFit() {
    this.show(this.factor === null ? 1 : null);
  }

  show(factor) {
    this.factor = factor;
    this.draw();
  }

  get shown() {
    return this.factor ?? this.fit();
  }

  fit() {
    return fitScale({
      width: this.image.naturalWidth,
      height: this.image.naturalHeight,
      viewportWidth: this.viewport.clientWidth,
      viewportHeight: this.viewport.clientHeight,
    });
  }

  draw() {
    if (!this.image.naturalWidth || this.viewport.hidden) return;
    this.image.style.width = `${Math.floor(this.image.naturalWidth * this.shown)}px`;
    this.percent.value = text("zoomed", { percent: Math.round(this.shown * 100) });
  }

  tools() {
    const tool = (name, symbol, key, action) => {
      const element = build(
        "button",
        { type: "button", class: "tool", title: `${text(name)} (${key})`, "aria-label": text(name) },
        symbol,
      );
      element.addEventListener("click", action);
      return element;
    };
    return build(
      "figcaption",
      { class: "picture-tools" },
      tool("zoomOut", "−", "-", () => this.zoomOut()),
      this.percent,
      tool("zoomIn", "+", "+", () => this.zoomIn()),
      tool("fit", icon(CORNERS), ".", () => this.toggleFit()),
      ...(this.overlay?.tools ?? []),
    );
  }
}
