// The pixels over the picture: one canvas for each tile that has been painted on, as large as the tile.

export class Layer {
  constructor(stage) {
    this.stage = stage;
    this.tiles = new Map();
    this.opacity = 0.5;
  }

  /** Draw the tiles that changed; `colours`: "#rrggbb" by code. */
  draw(codes, colours) {
    const inks = colours.map((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
    for (const tile of codes.dirty) this.tile(codes, tile, inks);
    codes.dirty.clear();
  }

  tile(codes, tile, inks) {
    const { x, y, width, height } = codes.place(tile);
    let canvas = this.tiles.get(tile);
    if (!canvas) {
      canvas = document.createElement("canvas");
      Object.assign(canvas, { width, height, className: "mask-tile" });
      canvas.style.transform = `translate(${x}px, ${y}px)`;
      canvas.style.opacity = this.opacity;
      this.tiles.set(tile, canvas);
      this.stage.append(canvas);
    }
    const image = new ImageData(width, height);
    const copy = codes.copy(tile);
    for (let place = 0; place < copy.length; place += 1) {
      const ink = inks[copy[place]];
      if (copy[place] && ink) image.data.set([ink[0], ink[1], ink[2], 255], place * 4);
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  fade(opacity) {
    this.opacity = opacity;
    for (const canvas of this.tiles.values()) canvas.style.opacity = opacity;
  }
}
