// Draw the label map over the picture: one canvas with the size of the viewport and the resolution of the screen,
// whatever the size of the picture. Only the visible part is drawn, and of that only what changed, unless the view did.

import { TILE } from "./label-map.js";

export class Layer {
  constructor(viewport) {
    this.canvas = document.createElement("canvas");
    this.canvas.className = "mask-layer";
    this.context = this.canvas.getContext("2d");
    viewport.firstChild.after(this.canvas);
    this.fade(0.5);
  }

  /** `colours`: "#rrggbb" by code, or null for hidden ones; `view` and `size` are those of the board. */
  draw({ codes, colours, view, size }) {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    const changed = codes.takeChanges();
    const drawn = [view, width, height, ratio, colours.join()];
    const isUnchanged = this.drawn?.every((item, index) => item === drawn[index]);
    if (isUnchanged && !changed) return;
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    this.drawn = drawn;
    const part = isUnchanged
      ? toScreen(changed, view, ratio, { width, height })
      : { left: 0, top: 0, right: width, bottom: height };
    if (part.left >= part.right || part.top >= part.bottom) return;
    const image = sample(codes, colours.map(pixelOf), part, {
      scale: view.scale * ratio,
      x: view.x * ratio,
      y: view.y * ratio,
    });
    this.context.putImageData(image, part.left, part.top);
  }

  fade(opacity) {
    this.opacity = opacity;
    this.canvas.style.opacity = opacity;
  }
}

/** Convert a rectangle of the picture to screen pixels, clipped to the viewport. */
function toScreen({ left, top, right, bottom }, view, ratio, { width, height }) {
  const at = (value, start) => (value * view.scale + start) * ratio;
  return {
    left: Math.max(Math.floor(at(left, view.x)) - 1, 0),
    top: Math.max(Math.floor(at(top, view.y)) - 1, 0),
    right: Math.min(Math.ceil(at(right, view.x)) + 1, width),
    bottom: Math.min(Math.ceil(at(bottom, view.y)) + 1, height),
  };
}

/** Sample a part of the screen: each pixel gets the colour of the picture pixel at its centre. */
function sample(codes, pixels, part, view) {
  const image = new ImageData(part.right - part.left, part.bottom - part.top);
  const out = new Uint32Array(image.data.buffer);
  const columns = Int32Array.from({ length: image.width }, (_nothing, index) => {
    const x = Math.floor((part.left + index + 0.5 - view.x) / view.scale);
    return x < codes.width ? x : -1;
  });
  for (let row = 0; row < image.height; row += 1) {
    const y = Math.floor((part.top + row + 0.5 - view.y) / view.scale);
    if (y < 0 || y >= codes.height) continue;
    const line = Math.floor(y / TILE) * codes.across;
    const inside = (y % TILE) * TILE;
    for (let index = 0; index < image.width; index += 1) {
      const x = columns[index];
      const tile = x < 0 ? null : codes.tiles[line + ((x / TILE) | 0)];
      if (tile) out[row * image.width + index] = pixels[tile[inside + (x % TILE)]] ?? 0;
    }
  }
  return image;
}

/** A colour as a 32-bit pixel value. */
function pixelOf(colour, code) {
  if (!code || !colour) return 0;
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
