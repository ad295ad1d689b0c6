"""The mean of the answers."""

from __future__ import annotations

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.number import Numbers, as_array, summary


@method(name="mean", title=language.gettext_lazy("Mean"), summary=language.gettext_lazy("The mean."), order=10)
def mean(table: Numbers) -> Aggregation[list[float | None]]:
    """Take the mean of each task's answers."""
    value = as_array(table)
    n = table.answers_per_task()
    center = np.bincount(table.task, value, table.n_tasks) / np.maximum(n, 1)
    return summary(table, value, center, method="mean", parameters={})
