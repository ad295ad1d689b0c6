"""Li, Yu 2014, "Error rate bounds and iterative weighted majority voting for crowdsourcing", algorithm 1 (IWMV).

A worker's weight is K a - 1, where a is the share of answers that agree with the labels and K the number of classes;
labels and weights are found in turn until no label changes. Weights may be negative.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.classes import conclusion, steps, workers
from gtcrowd.consolidation.classes.conclusion import Conclusion, most_probable
from gtcrowd.consolidation.classes.majority import vote_shares
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray, IntArray, checked_known
from gtcrowd.consolidation.parameters import Parameter


def conclude(
    table: AnswerTable,
    *,
    known: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    max_steps: int = 100,
) -> Conclusion:
    """Vote and weigh in turn; `worker_accuracy` is not used, as the method has no prior.

    The posterior is that of the last accuracies with even errors, under which the weights are a first-order vote; it
    gives a tie where the weighted votes tie. max_steps: votes after which the search ends in any case.
    """
    certain = checked_known(table, known)
    score = vote_shares(table, certain)
    label = _labels(score, certain)
    answers = np.maximum(table.answers_per_worker(), 1)
    accuracy = np.zeros(table.n_workers)
    taken, converged = 0, False
    while taken < max_steps and not converged:
        accuracy = np.bincount(table.worker, label[table.task] == table.label, table.n_workers) / answers
        score = table.votes((table.n_labels * accuracy - 1)[table.worker])
        better = _labels(score, certain)
        converged = bool((better == label).all())
        label = better
        taken += 1
    posterior = _posterior(score, certain)
    inner = np.clip(accuracy, 0.01, 0.99)
    return conclusion.from_posterior(
        table,
        posterior,
        method="iterative-weighted-vote",
        parameters={"max_steps": max_steps},
        known=certain,
        ratio=workers.ratio_without_own_vote(table, posterior, inner),
        steps=taken,
        converged=converged,
    )


def _labels(score: FloatArray, known: IntArray | None) -> IntArray:
    low = score - score.min(axis=1, keepdims=True, initial=0.0)
    label = most_probable(low)
    return label if known is None else np.where(known >= 0, known, label).astype(np.int32)


def _posterior(score: FloatArray, known: IntArray | None) -> FloatArray:
    """Weighted votes as logarithms of odds: K a - 1 is the first-order term of ln(a (K - 1) / (1 - a)) at chance."""
    joint = score.copy()
    if known is not None:
        steps.clamp(joint, known)
    return steps.normalised(joint)[0]


METHOD = Method(
    name="iterative-weighted-vote",
    title=language.later("Iterative weighted vote"),
    summary=language.later(
        "Weighs workers by how often they agree with the vote, again and again until no label changes."
    ),
    run=conclude,
    uses_known=True,
    uses_accuracy=False,
    parameters={"max_steps": Parameter(100, 1, 100_000, "votes after which the search ends in any case")},
)
