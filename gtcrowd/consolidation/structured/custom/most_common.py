"""The most common answer."""

from __future__ import annotations

from collections import Counter

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.structured.custom import Custom
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.summary import summarise
from gtcrowd.consolidation.structured.table import ValueTable


@method(
    name="most-common",
    title=language.gettext_lazy("Most common"),
    summary=language.gettext_lazy("Chooses the answer that most workers gave."),
    order=10,
)
def most_common(table: ValueTable[Custom]) -> Aggregation[list[Custom | None]]:
    """Choose the answer that most workers gave; in a tie, the one whose text sorts first.

    The confidence is its share of the answers.
    """
    labels: list[Custom | None] = []
    share = np.zeros(table.n_tasks)
    for task, rows in enumerate(table.rows_by_task()):
        counts = Counter(table.value[row] for row in rows.tolist())
        if not counts:
            labels.append(None)
            continue
        best, n = min(counts.items(), key=lambda item: (-item[1], item[0]))
        labels.append(best)
        share[task] = n / len(rows)
    score = np.array([value == labels[task] for value, task in zip(table.value, table.task.tolist(), strict=True)])
    return summarise(
        table, labels, confidence=share, score=score.astype(np.float64), agreement=_agreement(table),
        method="most-common", parameters={},
    )  # fmt: skip


def _agreement(table: ValueTable[Custom]) -> float | None:
    """Return the share of pairs of answers to one task that are equal."""
    equal = pairs = 0
    for rows in table.rows_by_task():
        counts = Counter(table.value[row] for row in rows.tolist())
        pairs += len(rows) * (len(rows) - 1)
        equal += sum(n * (n - 1) for n in counts.values())
    return equal / pairs if pairs else None
