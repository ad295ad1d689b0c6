// Spans over a text: plain lists of {label, startOffset, endOffset}, in code points. Nothing here knows a page.

const before = (one, other) => one.startOffset - other.startOffset || other.endOffset - one.endOffset || (one.label < other.label ? -1 : 1);
const alike = (one, other) => one.label === other.label && one.startOffset === other.startOffset && one.endOffset === other.endOffset;

/** With a further span, in the order of the text; one that is there already is not added twice. */
export function added(marks, mark) {
  return marks.some((one) => alike(one, mark)) ? marks : [...marks, mark].sort(before);
}

/** The list in order and in one form, each span once. */
export function ordered(marks) {
  return marks.reduce((list, { label, startOffset, endOffset }) => added(list, { label, startOffset: +startOffset, endOffset: +endOffset }), []);
}

/** For each span the lane under the text in which its line runs, so that spans which overlap have different ones. */
export function lanes(marks) {
  const ends = [];
  return marks.map(({ startOffset, endOffset }) => {
    const free = ends.findIndex((end) => end <= startOffset);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = endOffset;
    return lane;
  });
}

/** The text cut wherever a span begins or ends: stretches {start, end, over}, `over` the places of the spans there. */
export function stretches(marks, length) {
  const cuts = [...new Set([0, length, ...marks.flatMap((one) => [one.startOffset, one.endOffset])])].filter((cut) => cut >= 0 && cut <= length);
  cuts.sort((one, other) => one - other);
  return cuts.slice(0, -1).map((start, place) => ({
    start,
    end: cuts[place + 1],
    over: [...marks.keys()].filter((index) => marks[index].startOffset < cuts[place + 1] && marks[index].endOffset > start),
  }));
}
