// Which label each pixel of a picture has: one number a pixel, 0 for none. All changes are rows of pixels; the picture is cut
// into tiles, so that a step back keeps only the tiles it changed. Nothing here knows a page.

export const TILE = 512;

export class Codes {
  constructor(width, height) {
    Object.assign(this, { width, height });
    this.data = new Uint8Array(width * height);
    this.across = Math.ceil(width / TILE);
    this.dirty = new Set(); // tiles changed since somebody drew them
    this.before = null;
  }

  at(x, y) {
    return x >= 0 && y >= 0 && x < this.width && y < this.height ? this.data[y * this.width + x] : 0;
  }

  /** From here on the tiles that change are kept, until `end`. */
  begin() {
    this.before = new Map();
  }

  /** What changed since `begin`: [tile, before, after] each; empty if nothing did. */
  end() {
    const step = [...(this.before ?? [])].map(([tile, old]) => [tile, old, this.copy(tile)]);
    this.before = null;
    return step.filter(([, old, now]) => old.some((code, place) => code !== now[place]));
  }

  /** Take a step back (1) or forth (2). */
  put(step, which) {
    for (const change of step) this.paste(change[0], change[which]);
  }

  /** Give the pixels from x0 to below x1 of a row a code. */
  row(y, x0, x1, code) {
    const [from, to] = [Math.max(x0, 0), Math.min(x1, this.width)];
    if (y < 0 || y >= this.height || from >= to) return;
    const line = Math.floor(y / TILE) * this.across;
    for (let tile = line + Math.floor(from / TILE); tile <= line + Math.floor((to - 1) / TILE); tile += 1) this.touch(tile);
    this.data.fill(code, y * this.width + from, y * this.width + to);
  }

  /** A stroke of a round brush from one place to another, both with x and y. */
  stroke(one, other, radius, code) {
    const far = Math.hypot(other.x - one.x, other.y - one.y);
    const steps = Math.max(1, Math.ceil(far / Math.max(radius / 2, 0.5)));
    for (let step = 0; step <= steps; step += 1) {
      this.disc(one.x + ((other.x - one.x) * step) / steps, one.y + ((other.y - one.y) * step) / steps, radius, code);
    }
  }

  disc(x, y, radius, code) {
    for (let row = Math.ceil(y - radius - 0.5); row <= y + radius - 0.5; row += 1) {
      const half = Math.sqrt(Math.max(radius * radius - (row + 0.5 - y) ** 2, 0));
      this.row(row, Math.round(x - half), Math.max(Math.round(x + half), Math.round(x - half) + 1), code);
    }
  }

  /** The inside of a ring of points. */
  polygon(points, code) {
    const ys = points.map((point) => point.y);
    for (let row = Math.floor(Math.min(...ys)); row <= Math.max(...ys); row += 1) {
      const cuts = [];
      points.forEach((one, place) => {
        const other = points[(place + 1) % points.length];
        const y = row + 0.5;
        if (one.y > y !== other.y > y) cuts.push(one.x + ((y - one.y) * (other.x - one.x)) / (other.y - one.y));
      });
      cuts.sort((one, other) => one - other);
      for (let place = 0; place + 1 < cuts.length; place += 2) this.row(row, Math.round(cuts[place]), Math.round(cuts[place + 1]), code);
    }
  }

  /** All pixels of the same code that hang together with the one at x, y. */
  flood(x, y, code) {
    const old = this.at(x, y);
    if (x < 0 || y < 0 || x >= this.width || y >= this.height || old === code) return;
    const waiting = [[x, y]];
    while (waiting.length) {
      const [column, row] = waiting.pop();
      if (this.at(column, row) !== old || column < 0 || column >= this.width || row < 0 || row >= this.height) continue;
      const start = row * this.width;
      let [from, to] = [column, column + 1];
      while (from > 0 && this.data[start + from - 1] === old) from -= 1;
      while (to < this.width && this.data[start + to] === old) to += 1;
      this.row(row, from, to, code);
      for (const next of [row - 1, row + 1]) {
        if (next < 0 || next >= this.height) continue;
        for (let place = from; place < to; place += 1) {
          const there = this.data[next * this.width + place] === old;
          if (there && (place === from || this.data[next * this.width + place - 1] !== old)) waiting.push([place, next]);
        }
      }
    }
  }

  /** All codes as [code, length, code, length, …] row by row, or null if that is longer than `most`. */
  runs(most) {
    const found = [];
    for (let at = 0; at < this.data.length; ) {
      const code = this.data[at];
      let end = at + 1;
      while (end < this.data.length && this.data[end] === code) end += 1;
      if (found.push(code, end - at) > most) return null;
      at = end;
    }
    return found;
  }

  /** Give all pixels the codes of such runs. */
  fill(runs) {
    let at = 0;
    for (let place = 0; place + 1 < runs.length; place += 2) {
      const end = Math.min(at + runs[place + 1], this.data.length);
      for (let from = at; from < end && runs[place]; ) {
        const y = Math.floor(from / this.width);
        const to = Math.min(end, (y + 1) * this.width);
        this.row(y, from - y * this.width, to - y * this.width, runs[place]);
        from = to;
      }
      at = end;
    }
  }

  /** How many pixels there are of each code, by code. */
  counts() {
    const counts = new Array(256).fill(0);
    for (const code of this.data) counts[code] += 1;
    return counts;
  }

  /** Where a tile lies: its left upper corner and its size. */
  place(tile) {
    const [x, y] = [(tile % this.across) * TILE, Math.floor(tile / this.across) * TILE];
    return { x, y, width: Math.min(TILE, this.width - x), height: Math.min(TILE, this.height - y) };
  }

  copy(tile) {
    const { x, y, width, height } = this.place(tile);
    const copy = new Uint8Array(width * height);
    for (let row = 0; row < height; row += 1) copy.set(this.data.subarray((y + row) * this.width + x, (y + row) * this.width + x + width), row * width);
    return copy;
  }

  paste(tile, copy) {
    const { x, y, width, height } = this.place(tile);
    for (let row = 0; row < height; row += 1) this.data.set(copy.subarray(row * width, (row + 1) * width), (y + row) * this.width + x);
    this.dirty.add(tile);
  }

  touch(tile) {
    this.dirty.add(tile);
    if (this.before && !this.before.has(tile)) this.before.set(tile, this.copy(tile));
  }
}
