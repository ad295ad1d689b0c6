"""All answers as tags of units, the smallest pieces of a text that any worker's spans distinguish.

A text that came as tags has its words as units. One that came as offsets is cut wherever any worker starts or ends a
span, so that the cost of a text depends on its boundaries and not on its length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.categorical.table import AnswerTable, TableRefused
from gtcrowd.consolidation.spans.entities import Entities, Span, without_overlaps
from gtcrowd.consolidation.structured.table import ValueTable

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Units:
    """The units of all texts in a row.

    table         answers of workers to units: tag 0 is outside, 1 + 2 x the beginning and 2 + 2 x the inside of label x
    first         int64 [n_tasks + 1]; the units of task `i` are `first[i]` to `first[i + 1]` - 1
    starts, ends  int64 [units], offsets of each unit in its text
    labels        names of the labels
    lengths       for each task its number of words, or None
    """

    table: AnswerTable
    first: Codes
    starts: Codes
    ends: Codes
    labels: list[str]
    lengths: list[int | None]


def units(table: ValueTable[Entities]) -> Units:
    """Cut all texts into units and tag them. Raises TableRefused if two answers disagree about a text's length."""
    labels = sorted({span.label for value in table.value for span in value.spans})
    code = {label: index for index, label in enumerate(labels)}
    first, starts, ends, lengths = [0], [], [], []
    unit, worker, tag = [], [], []
    for task, rows in enumerate(table.rows_by_task()):
        values = [table.value[row] for row in rows]
        length = _length(task, values)
        lengths.append(length)
        if length is None:
            cuts = np.array(
                sorted({offset for value in values for span in value.spans for offset in (span.start, span.end)})
            )
        else:
            cuts = np.arange(length + 1)
        starts.append(cuts[:-1])
        ends.append(cuts[1:])
        n = max(len(cuts) - 1, 0)
        for row, value in zip(rows, values, strict=True):
            tags = np.zeros(n, dtype=np.int64)
            for span in without_overlaps(value.spans):
                begin, end = np.searchsorted(cuts, (span.start, span.end))
                tags[begin] = 1 + 2 * code[span.label]
                tags[begin + 1 : end] = 2 + 2 * code[span.label]
            unit.append(first[-1] + np.arange(n))
            worker.append(np.full(n, table.worker[row]))
            tag.append(tags)
        first.append(first[-1] + n)
    columns = (np.concatenate([np.zeros(0, np.int64), *parts]).astype(np.int32) for parts in (unit, worker, tag))
    answers = AnswerTable.from_codes(
        *columns, n_tasks=first[-1], n_workers=table.n_workers, n_labels=1 + 2 * len(labels)
    )
    all_starts, all_ends = (
        np.concatenate([np.zeros(0, np.int64), *parts]).astype(np.int64) for parts in (starts, ends)
    )
    return Units(answers, np.array(first), all_starts, all_ends, labels, lengths)


def spans_of_tags(cut: Units, task: int, tags: Codes) -> tuple[tuple[Span, ...], list[tuple[int, int]]]:
    """Return the spans of a task from the tags of its units, and the range of units within the task of each."""
    spans, ranges = [], []
    opened = -1
    padded = np.append(tags, 0)
    for index, tag in enumerate(padded.tolist()):
        inside = tag and tag % 2 == 0
        if opened >= 0 and not (inside and (tag - 2) // 2 == (padded[opened] - 1) // 2):
            first = cut.first[task]
            label = cut.labels[(int(padded[opened]) - 1) // 2]
            spans.append(Span(int(cut.starts[first + opened]), int(cut.ends[first + index - 1]), label))
            ranges.append((opened, index))
            opened = -1
        if tag and opened < 0:
            opened = index
    return tuple(spans), ranges


def _length(task: int, values: list[Entities]) -> int | None:
    lengths = {value.length for value in values}
    if len(lengths) > 1:
        raise TableRefused(f"its answers have {sorted(map(str, lengths))} words; all must have as many", task=task)
    return lengths.pop() if lengths else None
