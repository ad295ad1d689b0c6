"""The leftmost point of each image."""

from __future__ import annotations

import numpy as np

from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.summary import summarise


@method(name="leftmost", title="Leftmost", summary="Takes the leftmost point.", order=10)
def leftmost(table):
    labels = [min((table.value[row] for row in rows.tolist()), default=None) for rows in table.rows_by_task()]
    score = np.array([value == labels[task] for value, task in zip(table.value, table.task.tolist(), strict=True)])
    return summarise(
        table, labels, confidence=np.full(table.n_tasks, 0.5), score=score.astype(float), agreement=None,
        method="leftmost", parameters={},
    )  # fmt: skip
