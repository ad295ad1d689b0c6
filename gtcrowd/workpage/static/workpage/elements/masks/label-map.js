// Which label each pixel of a picture has: one number a pixel, 0 for none. The picture is cut into tiles: one that nothing
// is painted on takes no memory, so that a picture of a hundred megapixels may be painted as well; one that was changed is a
// new one, so that a step back only takes the old one out again. All changes are rows of pixels. Nothing here knows a page.

export const TILE = 512; // a power of two
const BITS = 9;
const REST = TILE - 1;

export class LabelMap {
  constructor(width, height) {
    Object.assign(this, { width, height });
    this.across = Math.ceil(width / TILE);
    this.tiles = Array.from({ length: this.across * Math.ceil(height / TILE) }, () => null); // TILE × TILE codes each, or null for none
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
  takeChanges() {
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
    return step.filter(([, old, now]) => !areEqual(old, now));
  }

  /** Take a step back (1) or forth (2). */
  apply(step, which) {
    for (const change of step) {
      this.tiles[change[0]] = change[which];
      const [left, top] = [(change[0] % this.across) * TILE, Math.floor(change[0] / this.across) * TILE];
      this.change(left, top, left + TILE, top + TILE);
    }
  }

  /** Whether all is as it was after this step, had it been the first. */
  isAsAfter(step) {
    const then = new Map(step.map(([tile, , after]) => [tile, after]));
    return this.tiles.every((tile, index) => areEqual(tile, then.get(index) ?? null));
  }

  /** Give the pixels from x0 to below x1 of a row a code. */
  row(y, x0, x1, code) {
    const [from, to] = [Math.max(x0, 0), Math.min(x1, this.width)];
    if (y < 0 || y >= this.height || from >= to || this.locked?.[code]) return;
    const line = (y >> BITS) * this.across;
    const inside = (y & REST) << BITS;
    for (let x = from; x < to;) {
      const end = Math.min((x | REST) + 1, to);
      const index = line + (x >> BITS);
      if (code || this.tiles[index]) this.write(this.writableTile(index), inside | (x & REST), end - x, code);
      x = end;
    }
    this.change(from, y, to, y + 1);
  }

  write(tile, at, length, code) {
    if (!this.locked) tile.fill(code, at, at + length);
    else for (let index = at; index < at + length; index += 1) if (!this.locked[tile[index]]) tile[index] = code;
  }

  /** A stroke of a round brush from one place to another, both with x and y. */
  stroke(start, end, radius, code) {
    const length = Math.hypot(end.x - start.x, end.y - start.y);
    const steps = Math.max(1, Math.ceil(length / Math.max(radius / 2, 0.5)));
    for (let step = 0; step <= steps; step += 1) {
      this.disc(
        start.x + ((end.x - start.x) * step) / steps,
        start.y + ((end.y - start.y) * step) / steps,
        radius,
        code,
      );
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
      points.forEach((start, index) => {
        const end = points[(index + 1) % points.length];
        const y = row + 0.5;
        if (start.y > y !== end.y > y) cuts.push(start.x + ((y - start.y) * (end.x - start.x)) / (end.y - start.y));
      });
      cuts.sort((start, end) => start - end);
      for (let index = 0; index + 1 < cuts.length; index += 2)
        this.row(row, Math.round(cuts[index]), Math.round(cuts[index + 1]), code);
    }
  }

  /** All pixels of the same code that hang together with the one at x, y. */
  flood(x, y, code) {
    const old = this.at(x, y);
    if (
      x < 0 ||
      y < 0 ||
      x >= this.width ||
      y >= this.height ||
      old === code ||
      this.locked?.[code] ||
      this.locked?.[old]
    )
      return;
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
        for (let index = from; index < to; index += 1) {
          const there = this.at(index, next) === old;
          if (there && !before) waiting.push([index, next]);
          before = there;
        }
      }
    }
  }

  /** All codes as [code, length, code, length, …] row by row, or null if that is longer than `most`. */
  runs(maxLength) {
    const list = [];
    let [code, length] = [this.at(0, 0), 0];
    const add = (next, more) => {
      if (next !== code) {
        list.push(code, length);
        [code, length] = [next, 0];
      }
      length += more;
    };
    for (let y = 0; y < this.height && list.length < maxLength; y += 1) {
      for (let x = 0; x < this.width; x += TILE) {
        const tile = this.tiles[(y >> BITS) * this.across + (x >> BITS)];
        const wide = Math.min(TILE, this.width - x);
        if (!tile) add(0, wide);
        else for (let at = (y & REST) << BITS, end = at + wide; at < end; at += 1) add(tile[at], 1);
      }
    }
    list.push(code, length);
    return list.length > maxLength ? null : list;
  }

  /** Give all pixels the codes of such runs. */
  fill(runs) {
    let at = 0;
    for (let index = 0; index + 1 < runs.length; index += 2) {
      const end = Math.min(at + runs[index + 1], this.width * this.height);
      for (let from = at; from < end;) {
        const y = Math.floor(from / this.width);
        const to = Math.min(end, (y + 1) * this.width);
        this.row(y, from - y * this.width, to - y * this.width, runs[index]);
        from = to;
      }
      at = end;
    }
  }

  /** Paint a piece of the picture from lengths of runs, outside and inside by turns, row by row. */
  stamp({ left, top, width, runs }, code) {
    let at = 0;
    runs.forEach((length, index) => {
      const end = at + length;
      if (index % 2 === 0) {
        at = end;
        return;
      }
      while (at < end) {
        const y = Math.floor(at / width);
        const to = Math.min(end, (y + 1) * width);
        this.row(top + y, left + at - y * width, left + to - y * width, code);
        at = to;
      }
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
    const counts = Array.from({ length: 256 }, () => 0);
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
  writableTile(index) {
    if (!this.before.has(index)) {
      this.before.set(index, this.tiles[index]);
      this.tiles[index] = this.tiles[index]?.slice() ?? new Uint8Array(TILE * TILE);
    }
    return this.tiles[index];
  }

  change(left, top, right, bottom) {
    const all = (this.changed ??= { left, top, right, bottom });
    all.left = Math.min(all.left, left);
    all.top = Math.min(all.top, top);
    all.right = Math.max(all.right, right);
    all.bottom = Math.max(all.bottom, bottom);
  }
}

function areEqual(start, end) {
  if (start === end) return true;
  if (!start || !end) return !(start ?? end).some(Boolean);
  return start.every((code, index) => code === end[index]);
}
