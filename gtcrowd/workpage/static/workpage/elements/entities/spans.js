// Spans over a text: plain lists of {label, startOffset, endOffset}, in code points. Nothing here knows a page.

const compare = (a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset || (a.label < b.label ? -1 : 1);
const areEqual = (a, b) => a.label === b.label && a.startOffset === b.startOffset && a.endOffset === b.endOffset;

/** With a further span, in the order of the text; one that is there already is not added twice. */
export function withSpan(spans, span) {
  return spans.some((a) => areEqual(a, span)) ? spans : [...spans, span].toSorted(compare);
}

/** The list in order and in one form, each span once. */
export function inOrder(spans) {
  return spans.reduce(
    (list, { label, startOffset, endOffset }) =>
      withSpan(list, { label, startOffset: +startOffset, endOffset: +endOffset }),
    [],
  );
}

/** For each span the lane under the text in which its line runs, so that spans which overlap have different ones. */
export function lanes(spans) {
  const ends = [];
  return spans.map(({ startOffset, endOffset }) => {
    const free = ends.findIndex((end) => end <= startOffset);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = endOffset;
    return lane;
  });
}

/** The text cut wherever a span begins or ends: stretches {start, end, over}, `over` the places of the spans there. */
export function stretches(spans, length) {
  const cuts = [...new Set([0, length, ...spans.flatMap((a) => [a.startOffset, a.endOffset])])].filter(
    (cut) => cut >= 0 && cut <= length,
  );
  cuts.sort((a, b) => a - b);
  return cuts.slice(0, -1).map((start, position) => ({
    start,
    end: cuts[position + 1],
    covering: [...spans.keys()].filter(
      (index) => spans[index].startOffset < cuts[position + 1] && spans[index].endOffset > start,
    ),
  }));
}
