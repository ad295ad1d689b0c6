"""Weighted vote: an answer counts by the log-odds of its worker's accuracy.

    w_j = ln(a_j (K - 1) / (1 - a_j))

Nitzan, Paroush 1982, "Optimal decision rules in uncertain dichotomous choice situations", p. 293, for K classes with
uniform errors; w_j is 0 for a worker who guesses (a_j = 1/K) and negative below. Where accuracies are not given, they
are estimated alternately with the labels, as in Li, Yu 2014, "Error rate bounds and iterative weighted majority voting
for crowdsourcing", section 4; one iteration is a step of expectation maximisation.
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
from gtcrowd.consolidation.categorical.table import AnswerTable, checked_accuracy, checked_gold
from gtcrowd.consolidation.categorical.votes import vote_shares
from gtcrowd.consolidation.parameters import Parameter

# A worker who was always right, or always wrong, must not outvote all others alone.
MIN_ERROR = 0.01


@method(
    name="weighted-vote",
    title=language.gettext_lazy("Weighted vote"),
    summary=language.gettext_lazy("An answer counts by the log-odds of its worker's accuracy, given or estimated."),
    order=30,
    uses_gold=True,
    uses_worker_accuracy=True,
    parameters={
        "prior_accuracy": Parameter(0.7, 0.01, 0.99, "accuracy expected of a worker before any answer"),
        "prior_answers": Parameter(4.0, 1e-6, 1e6, "weight of that expectation, in answers"),
        "turns": Parameter(2, 1, 1000, "alternating estimates of accuracies and labels"),
    },
)
def weighted_vote(
    table: AnswerTable,
    *,
    gold: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    prior_accuracy: float = 0.7,
    prior_answers: float = 4.0,
    turns: int = 2,
) -> Aggregation[IntArray]:
    """Vote with weights, under a uniform class prior.

    worker_accuracy   [n_workers]; if given, there is one vote, and NaN stands for `prior_accuracy`. Otherwise
        accuracies are estimated:
    prior_accuracy, prior_answers   mean and weight in answers of the beta prior of a_j
    turns   iterations of accuracies and labels, starting from the shares of the votes. More than two rarely help: the
        vote then reinforces itself (iterating to convergence cost a point of accuracy on twenty real datasets). The
        objective, the likelihood with its prior, never falls.
    """
    fixed = checked_gold(table, gold)
    if worker_accuracy is not None:
        accuracy = checked_accuracy(table.n_workers, worker_accuracy, prior_accuracy)
        posterior, likelihood = vote(table, accuracy, fixed)
        objective = [likelihood]
    else:
        posterior, accuracy, objective = _alternate(table, fixed, prior_accuracy, prior_answers, turns)
    return results.from_posterior(
        table,
        posterior,
        method="weighted-vote",
        parameters={"prior_accuracy": prior_accuracy, "prior_answers": prior_answers, "turns": turns},
        gold=fixed,
        likelihood_ratio=accuracies.leave_one_out_ratio_of_accuracy(
            table, posterior, np.clip(accuracy, MIN_ERROR, 1 - MIN_ERROR)
        ),
        steps=len(objective),
        objective=tuple(objective),
    )


def vote(table: AnswerTable, accuracy: FloatArray, gold: IntArray | None) -> tuple[FloatArray, float]:
    """Return the posterior [n_tasks, n_labels] and the log-likelihood under accuracies [n_workers]."""
    right = np.clip(accuracy, MIN_ERROR, 1 - MIN_ERROR)
    wrong = (1 - right) / max(table.n_labels - 1, 1)
    joint = table.votes(np.log(right / wrong)[table.worker])
    # What all labels of a task have in common changes no posterior, but belongs to the likelihood.
    shared = np.bincount(table.task, weights=np.log(wrong)[table.worker], minlength=table.n_tasks)
    joint += shared[:, None] - np.log(table.n_labels)
    if gold is not None:
        steps.fix(joint, gold)
    return steps.normalised(joint)


def _alternate(
    table: AnswerTable, gold: IntArray | None, share: float, strength: float, turns: int
) -> tuple[FloatArray, FloatArray, list[float]]:
    posterior, answers = vote_shares(table, gold), table.answers_per_worker()
    accuracy = np.full(table.n_workers, share)
    objective = []
    for _ in range(turns):
        correct = accuracies.expected_correct(table, posterior)
        accuracy = np.clip((correct + strength * share) / (answers + strength), MIN_ERROR, 1 - MIN_ERROR)
        posterior, likelihood = vote(table, accuracy, gold)
        prior = share * np.log(accuracy) + (1 - share) * np.log1p(-accuracy)
        objective.append(likelihood + strength * float(prior.sum()))
    return posterior, accuracy, objective
