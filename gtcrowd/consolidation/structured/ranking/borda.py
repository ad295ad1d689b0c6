"""Borda count: items by the share of their comparisons that they won (de Borda 1781)."""

from __future__ import annotations

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.ranking import MAX_ITEMS_FOR_INVERSE, Ranking, comparisons, summary
from gtcrowd.consolidation.structured.table import ValueTable


@method(
    name="borda",
    title=language.gettext_lazy("Borda count"),
    summary=language.gettext_lazy("Ranks items by the share of comparisons they won."),
    order=10,
)
def borda(table: ValueTable[Ranking]) -> Aggregation[list[Ranking | None]]:
    """Score items by the log-odds of winning a comparison, with half a win and half a loss added."""
    pairs = comparisons(table)
    n = len(pairs.names)
    won, lost = np.bincount(pairs.winner, minlength=n), np.bincount(pairs.loser, minlength=n)
    share = (won + 0.5) / (won + lost + 1)
    score = np.log(share / (1 - share))
    variance = 1 / np.maximum((won + lost + 1) * share * (1 - share), 1e-12)
    covariance = np.diag(variance) if n <= MAX_ITEMS_FOR_INVERSE else None
    return summary(table, pairs, score, covariance, variance, method="borda", parameters={})
