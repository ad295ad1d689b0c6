"""Bayesian combination of sequences (see `spans.sequence`); the default for spans."""

from __future__ import annotations

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.spans import sequence as chains
from gtcrowd.consolidation.spans.entities import Entities
from gtcrowd.consolidation.spans.summary import summary
from gtcrowd.consolidation.spans.units import spans_of_tags, units
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.table import ValueTable


@method(
    name="sequence",
    title=language.gettext_lazy("Sequence model"),
    summary=language.gettext_lazy("A hidden Markov model of the tags, with confusion matrices for each worker."),
    order=30,
    parameters={
        "row_answers": Parameter(10.0, 1e-3, 1e6, "weight of the crowd's confusion row, in answers per true tag"),
        "prior_tags": Parameter(0.1, 1e-9, 1e6, "transitions between tags assumed beforehand"),
        "max_steps": Parameter(100, 1, 100_000, "maximum number of steps"),
        "tolerance": Parameter(1e-5, 0.0, 1.0, "gain per unit below which it stops"),
    },
)
def sequence(
    table: ValueTable[Entities],
    *,
    row_answers: float = 10.0,
    prior_tags: float = 0.1,
    max_steps: int = 100,
    tolerance: float = 1e-5,
) -> Aggregation[list[Entities | None]]:
    """Fit the chain and take its best path.

    row_answers   weight of the crowd's confusion row for a worker, in answers per true tag
    prior_tags    transitions between each two tags assumed beforehand
    max_steps, tolerance   stop when a step gains less than `tolerance` per answered unit

    `part_confidence`: probability of exactly this span. `confidence`: probability of the whole, with spans and the
    units outside them taken as independent.
    """
    cut = units(table)
    chain = chains.fit(
        cut.table, cut.first, row_answers=row_answers, prior_tags=prior_tags, max_steps=max_steps, tolerance=tolerance
    )
    tags = chains.best_path(chain, cut.first)
    labels: list[Entities | None] = [None] * table.n_tasks
    parts: list[FloatArray] = [np.zeros(0)] * table.n_tasks
    confidence = np.zeros(table.n_tasks)
    for task in np.flatnonzero(table.answers_per_task()).tolist():
        begin, end = int(cut.first[task]), int(cut.first[task + 1])
        spans, ranges = spans_of_tags(cut, task, tags[begin:end])
        probabilities = [
            chains.span_probability(chain, begin + a, begin + b, end, int(tags[begin + a] + tags[begin + a] % 2 - 1))
            for a, b in ranges
        ]
        labels[task] = Entities(spans, cut.lengths[task])
        parts[task] = np.array(probabilities)
        outside = chain.posterior[begin:end][tags[begin:end] == 0, 0]
        confidence[task] = float(np.prod(probabilities) * np.prod(outside))
    parameters = {"row_answers": row_answers, "prior_tags": prior_tags, "max_steps": max_steps, "tolerance": tolerance}
    return summary(
        table, labels, parts, confidence, method="sequence", parameters=parameters, steps=len(chain.objective),
        converged=chain.converged, objective=chain.objective,
    )  # fmt: skip
