// The label code of each pixel, 0 for none. The map is cut into tiles: an unpainted tile takes no memory, so that
// pictures of a hundred megapixels can be painted; a changed tile is a new array, so that undo restores the old one.
// All changes are rows of pixels. Does not depend on the page.

export const TILE = 512; // a power of two
const BITS = 9;
const REST = TILE - 1;

export class LabelMap {
  constructor(width, height) {
    Object.assign(this, { width, height });
    this.across = Math.ceil(width / TILE);
    this.tiles = Array.from({ length: this.across * Math.ceil(height / TILE) }, () => null); // TILE × TILE codes each, or null for none
    this.locked = null; // by code, whether its pixels are protected; or null
    this.before = null;
    this.changed = null; // {left, top, right, bottom} of changes since `takeChanges`
  }

  at(x, y) {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return 0;
    const tile = this.tiles[(y >> BITS) * this.across + (x >> BITS)];
    return tile ? tile[((y & REST) << BITS) | (x & REST)] : 0;
  }

  get empty() {
    return !this.tiles.some((tile) => tile?.some(Boolean));
  }

  /** The changed rectangle since the last call, or null. */
  takeChanges() {
    const { changed } = this;
    this.changed = null;
    return changed;
  }

  /** Start recording changed tiles until `end`. Painting is allowed only in between. */
  begin() {
    this.before = new Map();
  }

  /** The changes since `begin` as a list of [tile, before, after]. */
  end() {
    const step = [...(this.before ?? [])].map(([tile, old]) => [tile, old, this.tiles[tile]]);
    this.before = null;
    return step.filter(([, old, now]) => !areEqual(old, now));
  }

  /** Undo (1) or redo (2) a step. */
  apply(step, which) {
    for (const change of step) {
      this.tiles[change[0]] = change[which];
      const [left, top] = [(change[0] % this.across) * TILE, Math.floor(change[0] / this.across) * TILE];
      this.change(left, top, left + TILE, top + TILE);
    }
  }

  /** Whether the map equals its state after this first step. */
  isAsAfter(step) {
    const then = new Map(step.map(([tile, , after]) => [tile, after]));
    return this.tiles.every((tile, index) => areEqual(tile, then.get(index) ?? null));
  }

  /** Paint the pixels x0 ≤ x < x1 of a row. */
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

  /** Paint a stroke of a round brush between two points. */
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

  /** Fill a polygon. */
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

  /** Flood fill: all connected pixels with the code of the one at x, y. */
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

  /** Run-length encode all codes as [code, length, …], row by row; null if longer than `maxLength`. */
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

  /** Paint such runs. */
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

  /** Paint a part of the picture from run lengths, alternately outside and inside, row by row. */
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

  /** Paint a row from a list of codes. */
  rowOf(y, codes) {
    for (let from = 0, to = 0; from < codes.length; from = to) {
      while (to < codes.length && codes[to] === codes[from]) to += 1;
      if (codes[from]) this.row(y, from, to, codes[from]);
    }
  }

  /** The number of pixels per code, except 0. */
  counts() {
    const counts = Array.from({ length: 256 }, () => 0);
    for (const tile of this.tiles) if (tile) for (const code of tile) counts[code] += 1;
    return counts;
  }

  /** Copy a row into bytes, from an offset on. */
  copyRow(y, bytes, start) {
    for (let x = 0; x < this.width; x += TILE) {
      const tile = this.tiles[(y >> BITS) * this.across + (x >> BITS)];
      const at = (y & REST) << BITS;
      if (tile) bytes.set(tile.subarray(at, at + Math.min(TILE, this.width - x)), start + x);
    }
  }

  /** A writable copy of the tile. */
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
