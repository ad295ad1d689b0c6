"""Weighted vote: an answer counts by the log-odds of its worker being right.

Nitzan, Paroush 1982, "Optimal decision rules in uncertain dichotomous choice situations", p. 293: with independent
workers of accuracy a, the best vote weighs ln(a / (1 - a)). With K labels and errors spread evenly over the other
K - 1 the weight is ln(a (K - 1) / (1 - a)), which is 0 for a worker who guesses (a = 1/K) and negative below.
Where accuracies are not given they are estimated in turns with the labels, as in Li, Yu 2014, "Error rate bounds and
iterative weighted majority voting for crowdsourcing", section 4; a turn is a step of expectation maximisation.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.classes import conclusion, steps, workers
from gtcrowd.consolidation.classes.conclusion import Conclusion
from gtcrowd.consolidation.classes.majority import vote_shares
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray, IntArray, checked_accuracy, checked_known
from gtcrowd.consolidation.parameters import Parameter

# Even a worker who was always right, or always wrong, must not outvote everyone else alone.
LEAST_ERROR = 0.01


def conclude(
    table: AnswerTable,
    *,
    known: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    prior_accuracy: float = 0.7,
    prior_answers: float = 4.0,
    turns: int = 2,
) -> Conclusion:
    """Vote with weights; every label is as likely as any other beforehand.

    worker_accuracy   [n_workers], with it there is one vote; NaN, a worker of whom nothing is known, counts as
        `prior_accuracy`. Without it accuracies are estimated:
    prior_accuracy, prior_answers   a worker begins as if that many answers, that share of them right, had been seen
    turns   how often accuracies and labels are estimated in turn, beginning from the shares of the votes. More than
        two rarely help: the vote then believes those it believes already (on twenty real crowds a point of
        accuracy was lost until nothing moved any more). The objective, the likelihood with its prior, never falls.
    """
    certain = checked_known(table, known)
    if worker_accuracy is not None:
        accuracy = checked_accuracy(table.n_workers, worker_accuracy, prior_accuracy)
        posterior, likelihood = vote(table, accuracy, certain)
        objective = [likelihood]
    else:
        posterior, accuracy, objective = _in_turns(table, certain, prior_accuracy, prior_answers, turns)
    return conclusion.from_posterior(
        table,
        posterior,
        method="weighted-vote",
        parameters={"prior_accuracy": prior_accuracy, "prior_answers": prior_answers, "turns": turns},
        known=certain,
        ratio=workers.ratio_without_own_vote(table, posterior, np.clip(accuracy, LEAST_ERROR, 1 - LEAST_ERROR)),
        steps=len(objective),
        objective=tuple(objective),
    )


def vote(table: AnswerTable, accuracy: FloatArray, known: IntArray | None) -> tuple[FloatArray, float]:
    """Posterior [n_tasks, n_labels] and ln likelihood under worker accuracies [n_workers]."""
    right = np.clip(accuracy, LEAST_ERROR, 1 - LEAST_ERROR)
    wrong = (1 - right) / max(table.n_labels - 1, 1)
    joint = table.votes(np.log(right / wrong)[table.worker])
    # What every label of a task has in common changes no posterior, but belongs to the likelihood.
    shared = np.bincount(table.task, weights=np.log(wrong)[table.worker], minlength=table.n_tasks)
    joint += shared[:, None] - np.log(table.n_labels)
    if known is not None:
        steps.clamp(joint, known)
    return steps.normalised(joint)


def _in_turns(
    table: AnswerTable, known: IntArray | None, share: float, strength: float, turns: int
) -> tuple[FloatArray, FloatArray, list[float]]:
    posterior, answers = vote_shares(table, known), table.answers_per_worker()
    accuracy = np.full(table.n_workers, share)
    objective = []
    for _ in range(turns):
        right = workers.expected_correct(table, posterior)
        accuracy = np.clip((right + strength * share) / (answers + strength), LEAST_ERROR, 1 - LEAST_ERROR)
        posterior, likelihood = vote(table, accuracy, known)
        prior = share * np.log(accuracy) + (1 - share) * np.log1p(-accuracy)
        objective.append(likelihood + strength * float(prior.sum()))
    return posterior, accuracy, objective


METHOD = Method(
    name="weighted-vote",
    title=language.later("Weighted vote"),
    summary=language.later("An answer counts by the log-odds of its worker's accuracy, given or estimated."),
    run=conclude,
    uses_known=True,
    uses_accuracy=True,
    parameters={
        "prior_accuracy": Parameter(0.7, 0.01, 0.99, "share of right answers of a worker before any answer"),
        "prior_answers": Parameter(4.0, 1e-6, 1e6, "answers that this expectation is worth"),
        "turns": Parameter(2, 1, 1000, "estimates of accuracies and labels in turn"),
    },
)
