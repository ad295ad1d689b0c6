// Convert offsets in a text: browsers count UTF-16 units, answers count Unicode code points. Does not depend on the
// page.

export class Offsets {
  constructor(text) {
    this.text = text;
    this.units = [0]; // start of each code point, and the end of the text
    for (const character of text) this.units.push(this.units.at(-1) + character.length);
    this.segments = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)].map((a) => a.index);
    this.segments.push(text.length);
  }

  get length() {
    return this.units.length - 1;
  }

  /** Convert a UTF-16 offset to code points. */
  points(unit) {
    return lastNotAbove(this.units, unit);
  }

  /** Convert a code point offset to UTF-16 units. */
  unit(point) {
    return this.units[Math.min(Math.max(point, 0), this.length)];
  }

  slice(start, end) {
    return this.text.slice(this.unit(start), this.unit(end));
  }

  /** A stretch of UTF-16 units as code points: without white space at its ends, and never through the middle of a
   *  character as people see it (a letter and its marks, a family of faces); null if nothing is left. */
  span(a, b) {
    let [start, end] = [Math.min(a, b), Math.max(a, b)];
    start = this.segments[lastNotAbove(this.segments, start)] ?? start;
    const last = lastNotAbove(this.segments, end);
    end = this.segments[last] === end ? end : (this.segments[last + 1] ?? this.text.length);
    const part = this.text.slice(start, end);
    start += part.length - part.trimStart().length;
    end -= part.length - part.trimEnd().length;
    return start < end ? { startOffset: this.points(start), endOffset: this.points(end) } : null;
  }
}

/** Index of the largest value not above `target` in an ascending list. */
function lastNotAbove(list, target) {
  let [low, high] = [0, list.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (list[middle] <= target) low = middle;
    else high = middle - 1;
  }
  return low;
}
