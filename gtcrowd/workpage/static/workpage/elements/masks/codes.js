// Which label each pixel of a picture has: one number a pixel, 0 for none. The picture is cut into tiles: one that nothing
// is painted on takes no memory, so that a picture of a hundred megapixels may be painted as well; one that was changed is a
// new one, so that a step back only takes the old one out again. All changes are rows of pixels. Nothing here knows a page.

export const TILE = 512; // a power of two
const BITS = 9;
const REST = TILE - 1;

export class Codes {
  constructor(width, height) {
    Object.assign(this, { width, height });
    this.across = Math.ceil(width / TILE);
    this.tiles = new Array(this.across * Math.ceil(height / TILE)).fill(null); // TILE × TILE codes each, or null for none
    this.locked = null; // by code whether its pixels stay as they are, or null
    this.before = null;
    this.changed = null; // {left, top, right, bottom} of what changed since `seen`
  }

  at(x, y) {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return 0;
    const tile = this.tiles[(y >> BITS) * this.across + (x >> BITS)];
    return tile ? tile[((y & REST) << BITS) | (x & REST)] : 0;
  }

  get empty() {
    return !this.tiles.some((tile) => tile?.some(Boolean));
  }

  /** What has changed since this was last asked: a rectangle, or null. */
  seen() {
    const { changed } = this;
    this.changed = null;
    return changed;
  }

  /** From here on the tiles that change are kept, until `end`. Nothing may be painted outside of that. */
  begin() {
    this.before = new Map();
  }

  /** What changed since `begin`: [tile, before, after] each; empty if nothing did. */
  end() {
    const step = [...(this.before ?? [])].map(([tile, old]) => [tile, old, this.tiles[tile]]);
    this.before = null;
    return step.filter(([, old, now]) => !alike(old, now));
  }

  /** Take a step back (1) or forth (2). */
  put(step, which) {
    for (const change of step) {
      this.tiles[change[0]] = change[which];
      const [left, top] = [(change[0] % this.across) * TILE, Math.floor(change[0] / this.across) * TILE];
      this.change(left, top, left + TILE, top + TILE);
    }
  }

  /** Whether all is as it was after this step, had it been the first. */
  isAsAfter(step) {
    const then = new Map(step.map(([tile, , after]) => [tile, after]));
    return this.tiles.every((tile, place) => alike(tile, then.get(place) ?? null));
  }

  /** Give the pixels from x0 to below x1 of a row a code. */
  row(y, x0, x1, code) {
    const [from, to] = [Math.max(x0, 0), Math.min(x1, this.width)];
    if (y < 0 || y >= this.height || from >= to || this.locked?.[code]) return;
    const line = (y >> BITS) * this.across;
    const inside = (y & REST) << BITS;
    for (let x = from; x < to; ) {
      const end = Math.min((x | REST) + 1, to);
      const place = line + (x >> BITS);
      if (code || this.tiles[place]) this.write(this.own(place), inside | (x & REST), end - x, code);
      x = end;
    }
    this.change(from, y, to, y + 1);
  }

  write(tile, at, length, code) {
    if (!this.locked) tile.fill(code, at, at + length);
    else for (let place = at; place < at + length; place += 1) if (!this.locked[tile[place]]) tile[place] = code;
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
    if (x < 0 || y < 0 || x >= this.width || y >= this.height || old === code || this.locked?.[code] || this.locked?.[old]) return;
    const waiting = [[x, y]];
    while (waiting.length) {
      const [column, row] = waiting.pop();
      if (this.at(column, row) !== old) continue;
      let [from, to] = [column, column + 1];
      while (from > 0 && this.at(from - 1, row) === old) from -= 1;
      while (to < this.width && this.at(to, row) === old) to += 1;
      this.row(row, from, to, code);
      for (const next of [row - 1, row + 1]) {
        if (next < 0 || next >= this.height) continue;
        let before = false;
        for (let place = from; place < to; place += 1) {
          const there = this.at(place, next) === old;
          if (there && !before) waiting.push([place, next]);
          before = there;
        }
      }
    }
  }

  /** All codes as [code, length, code, length, …] row by row, or null if that is longer than `most`. */
  runs(most) {
    const found = [];
    let [code, length] = [this.at(0, 0), 0];
    const add = (next, more) => {
      if (next !== code) {
        found.push(code, length);
        [code, length] = [next, 0];
      }
      length += more;
    };
    for (let y = 0; y < this.height && found.length < most; y += 1) {
      for (let x = 0; x < this.width; x += TILE) {
        const tile = this.tiles[(y >> BITS) * this.across + (x >> BITS)];
        const wide = Math.min(TILE, this.width - x);
        if (!tile) add(0, wide);
        else for (let at = (y & REST) << BITS, end = at + wide; at < end; at += 1) add(tile[at], 1);
      }
    }
    found.push(code, length);
    return found.length > most ? null : found;
  }

  /** Give all pixels the codes of such runs. */
  fill(runs) {
    let at = 0;
    for (let place = 0; place + 1 < runs.length; place += 2) {
      const end = Math.min(at + runs[place + 1], this.width * this.height);
      for (let from = at; from < end; ) {
        const y = Math.floor(from / this.width);
        const to = Math.min(end, (y + 1) * this.width);
        this.row(y, from - y * this.width, to - y * this.width, runs[place]);
        from = to;
      }
      at = end;
    }
  }

  /** Paint a piece of the picture from lengths of runs, outside and inside by turns, row by row. */
  stamp({ left, top, width, runs }, code) {
    let at = 0;
    runs.forEach((length, place) => {
      const end = at + length;
      for (; place % 2 && at < end; ) {
        const y = Math.floor(at / width);
        const to = Math.min(end, (y + 1) * width);
        this.row(top + y, left + at - y * width, left + to - y * width, code);
        at = to;
      }
      at = end;
    });
  }

  /** Give a row the codes of a list. */
  rowOf(y, codes) {
    for (let from = 0, to = 0; from < codes.length; from = to) {
      while (to < codes.length && codes[to] === codes[from]) to += 1;
      if (codes[from]) this.row(y, from, to, codes[from]);
    }
  }

  /** How many pixels there are of each code but 0, by code. */
  counts() {
    const counts = new Array(256).fill(0);
    for (const tile of this.tiles) if (tile) for (const code of tile) counts[code] += 1;
    return counts;
  }

  /** Copy a row into bytes, from a place on. */
  copyRow(y, bytes, start) {
    for (let x = 0; x < this.width; x += TILE) {
      const tile = this.tiles[(y >> BITS) * this.across + (x >> BITS)];
      const at = (y & REST) << BITS;
      if (tile) bytes.set(tile.subarray(at, at + Math.min(TILE, this.width - x)), start + x);
    }
  }

  /** The tile, as it may be written to. */
  own(place) {
    if (!this.before.has(place)) {
      this.before.set(place, this.tiles[place]);
      this.tiles[place] = this.tiles[place]?.slice() ?? new Uint8Array(TILE * TILE);
    }
    return this.tiles[place];
  }

  change(left, top, right, bottom) {
    const all = (this.changed ??= { left, top, right, bottom });
    all.left = Math.min(all.left, left);
    all.top = Math.min(all.top, top);
    all.right = Math.max(all.right, right);
    all.bottom = Math.max(all.bottom, bottom);
  }
}

function alike(one, other) {
  if (one === other) return true;
  if (!one || !other) return !(one ?? other).some(Boolean);
  return one.every((code, place) => code === other[place]);
}
