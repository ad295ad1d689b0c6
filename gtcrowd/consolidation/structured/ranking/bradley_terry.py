"""Bradley–Terry scores; see `scores`."""

from __future__ import annotations

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.ranking import Ranking, scores
from gtcrowd.consolidation.structured.table import ValueTable


@method(
    name="bradley-terry",
    title=language.gettext_lazy("Bradley–Terry"),
    summary=language.gettext_lazy("Scores that explain the comparisons; all comparisons count the same."),
    order=20,
    parameters=scores.PARAMETERS,
)
def bradley_terry(
    table: ValueTable[Ranking], *, prior_wins: float = 0.1, max_steps: int = 1000, tolerance: float = 1e-6
) -> Aggregation[list[Ranking | None]]:
    """Fit the scores; the parameters are those of `scores.fit`."""
    return scores.fit(table, prior_wins, max_steps, tolerance, reliability=None, method="bradley-terry")
