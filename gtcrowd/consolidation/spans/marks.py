"""The value: labelled spans, read from tags a word or from offsets; and how alike two of them are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from gtcrowd.consolidation.values.table import ValueRefused, ValueTable

OUTSIDE = "O"


@dataclass(frozen=True, order=True)
class Span:
    """Units `start` to below `end` under one label; units are words or Unicode code points."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class Marks:
    """The spans of one text, ordered; `length`: number of its words where the text came as tags, otherwise None."""

    spans: tuple[Span, ...]
    length: int | None = None


def read(text: str) -> Marks:
    """A JSON list of BIO tags, one a word, or of objects with label, startOffset, endOffset (end exclusive)."""
    try:
        items = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueRefused(f"is {text!r:.60}; expected a JSON list of tags or of spans") from error
    if not isinstance(items, list):
        raise ValueRefused(f"is {text!r:.60}; expected a JSON list of tags or of spans")
    if items and all(isinstance(item, str) for item in items):
        return Marks(_from_tags(items), len(items))
    return Marks(tuple(sorted({_span(item) for item in items})))


def write(value: Marks) -> str:
    """The cell in the form in which the text came."""
    if value.length is None:
        named = [{"label": one.label, "startOffset": one.start, "endOffset": one.end} for one in value.spans]
        return json.dumps(named, ensure_ascii=False)
    return json.dumps(tags(value.spans, value.length), ensure_ascii=False)


def tags(spans: Sequence[Span], length: int) -> list[str]:
    """BIO tags of spans that do not overlap."""
    found = [OUTSIDE] * length
    for span in spans:
        found[span.start : span.end] = [f"B-{span.label}"] + [f"I-{span.label}"] * (span.end - span.start - 1)
    return found


def f1(one: Marks, other: Marks) -> float:
    """F1 of the spans that are equal in both ends and label; 1 where neither has any."""
    if not one.spans and not other.spans:
        return 1.0
    return 2 * len(set(one.spans) & set(other.spans)) / (len(one.spans) + len(other.spans))


def agreement(table: ValueTable[Marks]) -> float | None:
    """Mean F1 over the pairs of different workers' answers to a task; None where there is none."""
    scores = [
        f1(table.value[one], table.value[other])
        for rows in table.rows_by_task()
        for one, other in combinations(rows.tolist(), 2)
        if table.worker[one] != table.worker[other]
    ]
    return float(np.mean(scores)) if scores else None


def without_overlaps(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans in order; of two that overlap the one that begins first stays, of two that begin alike the longer."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end, one.label)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def _from_tags(items: list[str]) -> tuple[Span, ...]:
    spans: list[Span] = []
    begun: tuple[int, str] | None = None
    for at, tag in enumerate([*items, OUTSIDE]):
        kind, _, label = tag.partition("-")
        if kind not in ("B", "I", OUTSIDE) or (kind == OUTSIDE) == bool(label):
            raise ValueRefused(f'has the tag {tag!r} at word {at + 1}; expected "O", "B-LABEL" or "I-LABEL"')
        if begun and (kind != "I" or label != begun[1]):
            spans.append(Span(begun[0], at, begun[1]))
            begun = None
        if label and begun is None:  # a span may begin with I: some tools write it so
            begun = (at, label)
    return tuple(spans)


def _span(item: object) -> Span:
    if not isinstance(item, dict) or not {"label", "startOffset", "endOffset"} <= item.keys():
        raise ValueRefused(f"has {item!r:.60}; expected an object with label, startOffset and endOffset")
    label, start, end = item["label"], item["startOffset"], item["endOffset"]
    whole = isinstance(start, int) and isinstance(end, int) and not isinstance(start, bool)
    if not isinstance(label, str) or not label or not whole or not 0 <= start < end:
        raise ValueRefused(f"has {item!r:.80}; expected a label and whole offsets with 0 <= startOffset < endOffset")
    return Span(start, end, label)
