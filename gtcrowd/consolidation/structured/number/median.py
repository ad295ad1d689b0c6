"""The median of the answers."""

from __future__ import annotations

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.number import Numbers, as_array, summary


@method(name="median", title=language.gettext_lazy("Median"), summary=language.gettext_lazy("The median."), order=20)
def median(table: Numbers) -> Aggregation[list[float | None]]:
    """Take the median of each task's answers; of an even number, the mean of the middle two."""
    value = as_array(table)
    center = np.zeros(table.n_tasks)
    order = np.lexsort((value, table.task))
    n = table.answers_per_task()
    first = np.cumsum(n) - n
    answered = n > 0
    low, high = first + (n - 1) // 2, first + n // 2
    center[answered] = (value[order[low[answered]]] + value[order[high[answered]]]) / 2
    return summary(table, value, center, method="median", parameters={})
