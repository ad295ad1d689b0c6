"""Weighted vote: an answer counts by how much its worker's answers tell.

The weight is the optimal one for workers who err evenly over the other labels: the log-odds of a right
answer against one particular wrong one (Nitzan & Paroush 1982; Li & Yu 2014, "Error rate bounds and
iterative weighted majority voting for crowdsourcing", section 4). The posterior is that of the same model.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax

from gtcrowd.consolidation import steps
from gtcrowd.consolidation.conclusion import Conclusion, Floats, conclude
from gtcrowd.consolidation.table import AnswerTable

PRIOR_RIGHT, PRIOR_WRONG = 4.0, 2.0
"""What is supposed of a worker before the first answer, as if two in three of six had been right."""


def weighted_vote(
    table: AnswerTable, *, accuracy: ArrayLike | None = None, max_steps: int = 2, tolerance: float = 1e-6
) -> Conclusion:
    """Weights from `accuracy`, known of each worker, float [workers]; without it they are estimated in turns.

    Each turn votes with the present weights, and takes as a worker's accuracy the expected share of right
    answers, drawn towards the prior while answers are few. Ends when no accuracy moves by `tolerance`, or after
    two turns: further ones make the method believe those it believes already (on twenty real crowds they cost
    one point of accuracy in the mean).
    """
    if table.n_labels < 2 or not len(table):
        return conclude("weighted-vote", table, steps.vote_shares(table))
    if accuracy is not None:
        known = np.asarray(accuracy, dtype=float)
        if known.shape != (table.n_workers,) or not ((known >= 0) & (known <= 1)).all():
            raise ValueError(f"accuracy must be {table.n_workers} numbers from 0 to 1")
        return conclude("weighted-vote", table, _vote(table, known), parameters={"accuracy": "known"})
    return _estimated(table, max_steps, tolerance)


def _estimated(table: AnswerTable, max_steps: int, tolerance: float) -> Conclusion:
    posterior = steps.vote_shares(table)
    share, moves, step = np.zeros(table.n_workers), [], 0
    for step in range(1, max_steps + 1):  # noqa: B007 - the number of the last one is told
        before, share = share, _drawn_accuracy(table, posterior)
        posterior = _vote(table, share)
        moves.append(float(np.abs(share - before).max()))
        if moves[-1] < tolerance:
            break
    return conclude(
        "weighted-vote",
        table,
        posterior,
        steps=step,
        converged=True,  # ends by count
        objective=tuple(moves),
        parameters={"max_steps": max_steps, "tolerance": tolerance, "accuracy": "estimated"},
    )


def _drawn_accuracy(table: AnswerTable, posterior: Floats) -> Floats:
    right = np.bincount(table.worker, posterior[table.task, table.label], table.n_workers)
    answers = np.bincount(table.worker, minlength=table.n_workers)
    return (right + PRIOR_RIGHT) / (answers + PRIOR_RIGHT + PRIOR_WRONG)


def _vote(table: AnswerTable, accuracy: Floats) -> Floats:
    sure = np.clip(accuracy, 0.01, 0.99)  # nobody's single answer outweighs everything
    weight = np.log(sure * (table.n_labels - 1) / (1 - sure))
    votes: Floats = softmax(steps.sum_by_task(table, weight[table.worker]), axis=1)
    return votes
