"""Bradley–Terry scores with a reliability for each worker; the default for rankings.

    P(worker j says i beats k) = r_j s_i / (s_i + s_k) + (1 - r_j) / 2

After Chen, Bennett, Collins-Thompson, Horvitz 2013, "Pairwise ranking aggregation in a crowdsourced setting", section
3; here unreliable answers are those of a coin, and r_j is pooled, because most workers compare little.
"""

from __future__ import annotations

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.ranking import Ranking, scores
from gtcrowd.consolidation.structured.table import ValueTable


@method(
    name="noisy-bradley-terry",
    title=language.gettext_lazy("Noisy Bradley–Terry"),
    summary=language.gettext_lazy("Estimates scores and the workers' reliabilities together."),
    order=30,
    parameters={
        **scores.PARAMETERS,
        "prior_reliability": Parameter(0.8, 0.01, 0.99, "expected share of comparisons that follow the scores"),
        "worker_answers": Parameter(20.0, 1e-3, 1e6, "weight of that expectation, in comparisons"),
    },
)
def noisy_bradley_terry(
    table: ValueTable[Ranking],
    *,
    prior_wins: float = 0.1,
    prior_reliability: float = 0.8,
    worker_answers: float = 20.0,
    max_steps: int = 1000,
    tolerance: float = 1e-6,
) -> Aggregation[list[Ranking | None]]:
    """Fit scores and reliabilities.

    prior_reliability, worker_answers   mean, and weight in comparisons, of the prior of r_j

    The other parameters are those of `scores.fit`. `worker_parameters`: reliability. The objective is the
    log-likelihood with its priors.
    """
    return scores.fit(
        table, prior_wins, max_steps, tolerance, reliability=(prior_reliability, worker_answers),
        method="noisy-bradley-terry",
    )  # fmt: skip
