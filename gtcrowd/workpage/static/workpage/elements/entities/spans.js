// Spans of a text: plain lists of {label, startOffset, endOffset} in code points. Does not depend on the page.

const compare = (a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset || (a.label < b.label ? -1 : 1);
const areEqual = (a, b) => a.label === b.label && a.startOffset === b.startOffset && a.endOffset === b.endOffset;

/** Add a span in text order, unless it is already there. */
export function withSpan(spans, span) {
  return spans.some((a) => areEqual(a, span)) ? spans : [...spans, span].toSorted(compare);
}

/** Normalize a list of spans: in text order, without duplicates. */
export function inOrder(spans) {
  return spans.reduce(
    (list, { label, startOffset, endOffset }) =>
      withSpan(list, { label, startOffset: +startOffset, endOffset: +endOffset }),
    [],
  );
}

/** The underline lane of each span, so that overlapping spans use different lanes. */
export function lanes(spans) {
  const ends = [];
  return spans.map(({ startOffset, endOffset }) => {
    const free = ends.findIndex((end) => end <= startOffset);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = endOffset;
    return lane;
  });
}

/** Split the text where spans start or end: {start, end, over}, with the indexes of the covering spans. */
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
