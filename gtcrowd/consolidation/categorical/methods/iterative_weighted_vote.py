"""Li, Yu 2014, "Error rate bounds and iterative weighted majority voting for crowdsourcing", algorithm 1 (IWMV).

    w_j = K a_j - 1

where a_j is the share of the worker's answers that agree with the labels and K the number of classes; labels and
weights are computed alternately until no label changes. Weights may be negative.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray, IntArray
from gtcrowd.consolidation.categorical import results, steps
from gtcrowd.consolidation.categorical import worker_accuracy as accuracies
from gtcrowd.consolidation.categorical.method import method
from gtcrowd.consolidation.categorical.results import most_probable
from gtcrowd.consolidation.categorical.table import AnswerTable, checked_gold
from gtcrowd.consolidation.categorical.votes import vote_shares
from gtcrowd.consolidation.parameters import Parameter


@method(
    name="iterative-weighted-vote",
    title=language.gettext_lazy("Iterative weighted vote"),
    summary=language.gettext_lazy(
        "Weights workers by how often they agree with the vote, and repeats until no label changes."
    ),
    order=40,
    uses_gold=True,
    uses_worker_accuracy=False,
    parameters={"max_steps": Parameter(100, 1, 100_000, "maximum number of votes")},
)
def iterative_weighted_vote(
    table: AnswerTable,
    *,
    gold: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    max_steps: int = 100,
) -> Aggregation[IntArray]:
    """Vote and weight alternately; `worker_accuracy` is not used, as the method has no prior.

    max_steps   maximum number of votes

    The posterior is that of the last accuracies with uniform errors, of which the weights are a first-order
    approximation; it has a tie where the weighted votes have one.
    """
    fixed = checked_gold(table, gold)
    score = vote_shares(table, fixed)
    labels = _labels(score, fixed)
    answers = np.maximum(table.answers_per_worker(), 1)
    accuracy = np.zeros(table.n_workers)
    n_steps, converged = 0, False
    while n_steps < max_steps and not converged:
        accuracy = np.bincount(table.worker, labels[table.task] == table.label, table.n_workers) / answers
        score = table.votes((table.n_labels * accuracy - 1)[table.worker])
        new_labels = _labels(score, fixed)
        converged = bool((new_labels == labels).all())
        labels = new_labels
        n_steps += 1
    posterior = _posterior(score, fixed)
    return results.from_posterior(
        table,
        posterior,
        method="iterative-weighted-vote",
        parameters={"max_steps": max_steps},
        gold=fixed,
        likelihood_ratio=accuracies.leave_one_out_ratio_of_accuracy(table, posterior, np.clip(accuracy, 0.01, 0.99)),
        steps=n_steps,
        converged=converged,
    )


def _labels(score: FloatArray, gold: IntArray | None) -> IntArray:
    shifted = score - score.min(axis=1, keepdims=True, initial=0.0)
    labels = most_probable(shifted)
    return labels if gold is None else np.where(gold >= 0, gold, labels).astype(np.int32)


def _posterior(score: FloatArray, gold: IntArray | None) -> FloatArray:
    """Return the posterior [n_tasks, n_labels]; K a - 1 is the first-order term of ln(a (K - 1) / (1 - a)) at 1/K."""
    joint = score.copy()
    if gold is not None:
        steps.fix(joint, gold)
    return steps.normalised(joint)[0]
