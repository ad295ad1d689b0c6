"""All answers as tags of units, the smallest pieces that anybody's spans tell apart.

A text that came as tags has its words as units. One that came as offsets is cut wherever any worker begins or ends a
span, so that texts of any length cost as much as they have boundaries.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.classes.table import AnswerTable, TableRefused
from gtcrowd.consolidation.spans.marks import Marks, Span, without_overlaps
from gtcrowd.consolidation.values.table import ValueTable

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Units:
    """Units of all texts in a row.

    table    answers of workers to units: the tag codes are 0 for outside, 1 + 2 x for the beginning and 2 + 2 x for
        the inside of label x
    first    int64 [n_tasks + 1]; the units of task `i` are `first[i]` to below `first[i + 1]`
    edges    int64 [units]; where each unit begins in its text; ends [units] where it ends
    labels   names of the labels
    lengths  for each task the number of its words, or None
    """

    table: AnswerTable
    first: Codes
    edges: Codes
    ends: Codes
    labels: list[str]
    lengths: list[int | None]


def units(table: ValueTable[Marks]) -> Units:
    """Cut all texts into units and tag them. Raises TableRefused where two answers disagree about a text's length."""
    labels = sorted({span.label for value in table.value for span in value.spans})
    code = {label: place for place, label in enumerate(labels)}
    first, edges, ends, lengths = [0], [], [], []
    unit, worker, tag = [], [], []
    for task, rows in enumerate(table.rows_by_task()):
        values = [table.value[row] for row in rows]
        length = _length(task, values)
        lengths.append(length)
        if length is None:
            cuts = np.array(
                sorted({edge for value in values for span in value.spans for edge in (span.start, span.end)})
            )
        else:
            cuts = np.arange(length + 1)
        edges.append(cuts[:-1])
        ends.append(cuts[1:])
        n = max(len(cuts) - 1, 0)
        for row, value in zip(rows, values, strict=True):
            given = np.zeros(n, dtype=np.int64)
            for span in without_overlaps(value.spans):
                begin, end = np.searchsorted(cuts, (span.start, span.end))
                given[begin] = 1 + 2 * code[span.label]
                given[begin + 1 : end] = 2 + 2 * code[span.label]
            unit.append(first[-1] + np.arange(n))
            worker.append(np.full(n, table.worker[row]))
            tag.append(given)
        first.append(first[-1] + n)
    columns = (np.concatenate([np.zeros(0, np.int64), *parts]).astype(np.int32) for parts in (unit, worker, tag))
    answers = AnswerTable.from_codes(
        *columns, n_tasks=first[-1], n_workers=table.n_workers, n_labels=1 + 2 * len(labels)
    )
    flat, flat_ends = (np.concatenate([np.zeros(0, np.int64), *parts]).astype(np.int64) for parts in (edges, ends))
    return Units(answers, np.array(first), flat, flat_ends, labels, lengths)


def marks(cut: Units, task: int, tag: Codes) -> tuple[tuple[Span, ...], list[tuple[int, int]]]:
    """Spans of one task from the tags of its units, and for each the range of its units within the task."""
    spans, ranges = [], []
    begun = -1
    here = np.append(tag, 0)
    for at, one in enumerate(here.tolist()):
        inside = one and one % 2 == 0
        if begun >= 0 and not (inside and (one - 2) // 2 == (here[begun] - 1) // 2):
            place = cut.first[task]
            label = cut.labels[(int(here[begun]) - 1) // 2]
            spans.append(Span(int(cut.edges[place + begun]), int(cut.ends[place + at - 1]), label))
            ranges.append((begun, at))
            begun = -1
        if one and begun < 0:
            begun = at
    return tuple(spans), ranges


def _length(task: int, values: list[Marks]) -> int | None:
    lengths = {value.length for value in values}
    if len(lengths) > 1:
        raise TableRefused(f"its answers have {sorted(map(str, lengths))} words; all must have as many", task=task)
    return lengths.pop() if lengths else None
