"""Labeled spans of a text: how they are read from tags per word or from offsets, and how similar two values are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from gtcrowd.consolidation.structured.table import ValueRefused, ValueTable, parse_list

OUTSIDE = "O"
HIGHER_IS_BETTER = frozenset({"f1", "precision", "recall"})


@dataclass(frozen=True, order=True)
class Span:
    """Units `start` to `end` - 1 under one label; units are words or Unicode code points."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class Entities:
    """The spans of one text, ordered; `length` is its number of words if the text came as tags, otherwise None."""

    spans: tuple[Span, ...]
    length: int | None = None


def read(text: str) -> Entities:
    """Parse a JSON list of BIO tags, one per word, or of objects with label, startOffset, endOffset (end exclusive).

    Raises ValueRefused.
    """
    items = parse_list(text, "a JSON list of tags or of spans")
    if items and all(isinstance(item, str) for item in items):
        return Entities(_from_tags(items), len(items))
    return Entities(tuple(sorted({_span(item) for item in items})))


def write(value: Entities) -> str:
    """Return the text that reads as these spans, as tags or as offsets, whichever the text came with."""
    if value.length is None:
        spans = [{"label": span.label, "startOffset": span.start, "endOffset": span.end} for span in value.spans]
        return json.dumps(spans, ensure_ascii=False)
    return json.dumps(tags(value.spans, value.length), ensure_ascii=False)


def tags(spans: Sequence[Span], length: int) -> list[str]:
    """Return the BIO tags of spans that do not overlap, [length]."""
    result = [OUTSIDE] * length
    for span in spans:
        result[span.start : span.end] = [f"B-{span.label}"] + [f"I-{span.label}"] * (span.end - span.start - 1)
    return result


def f1(first: Entities, second: Entities) -> float:
    """Return the F1 of spans that are equal in both offsets and label; 1 if neither value has any."""
    if not first.spans and not second.spans:
        return 1.0
    return 2 * len(set(first.spans) & set(second.spans)) / (len(first.spans) + len(second.spans))


def mean_f1(table: ValueTable[Entities]) -> float | None:
    """Return the mean F1 of answers of different workers to one task; None if no task has two."""
    scores = [
        f1(table.value[first], table.value[second])
        for rows in table.rows_by_task()
        for first, second in combinations(rows.tolist(), 2)
        if table.worker[first] != table.worker[second]
    ]
    return float(np.mean(scores)) if scores else None


def measure(labels: Sequence[Entities | None], truths: Sequence[Entities]) -> Mapping[str, float]:
    """Return F1, precision and recall of exact spans over all tasks together; a missing value has no spans."""
    n_predicted = sum(len(label.spans) for label in labels if label)
    n_true = sum(len(truth.spans) for truth in truths)
    hits = sum(len(set(label.spans) & set(truth.spans)) for label, truth in zip(labels, truths, strict=True) if label)
    return {
        "f1": 2 * hits / (n_predicted + n_true) if n_predicted + n_true else 1.0,
        "precision": hits / n_predicted if n_predicted else 0.0,
        "recall": hits / n_true if n_true else 1.0,
    }


def without_overlaps(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans in order, without overlaps: the one that starts first wins, of two with one start the longer."""
    disjoint: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end, span.label)):
        if not disjoint or span.start >= disjoint[-1].end:
            disjoint.append(span)
    return tuple(disjoint)


def _from_tags(items: list[str]) -> tuple[Span, ...]:
    spans: list[Span] = []
    opened: tuple[int, str] | None = None
    for index, tag in enumerate([*items, OUTSIDE]):
        prefix, _, label = tag.partition("-")
        if prefix not in ("B", "I", OUTSIDE) or (prefix == OUTSIDE) == bool(label):
            raise ValueRefused(f'has the tag {tag!r} at word {index + 1}; expected "O", "B-LABEL" or "I-LABEL"')
        if opened and (prefix != "I" or label != opened[1]):
            spans.append(Span(opened[0], index, opened[1]))
            opened = None
        if label and opened is None:  # a span may start with I: some tools write it so
            opened = (index, label)
    return tuple(spans)


def _span(item: object) -> Span:
    if not isinstance(item, dict) or not {"label", "startOffset", "endOffset"} <= item.keys():
        raise ValueRefused(f"has {item!r:.60}; expected an object with label, startOffset and endOffset")
    label, start, end = item["label"], item["startOffset"], item["endOffset"]
    whole = isinstance(start, int) and isinstance(end, int) and not isinstance(start, bool)
    if not isinstance(label, str) or not label or not whole or not 0 <= start < end:
        raise ValueRefused(f"has {item!r:.80}; expected a label and whole offsets with 0 <= startOffset < endOffset")
    return Span(start, end, label)
