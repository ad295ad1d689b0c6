"""Whitehill, Ruvolo, Wu, Bergsma, Movellan 2009, "Whose vote should count more" (GLAD), NIPS.

The answer of worker j to task i is right with probability 1 / (1 + exp(-alpha_j beta_i)): ability times easiness, and
errors are even over the other labels. Expectation maximisation with the paper's priors, alpha ~ N(1, 1) and
ln beta ~ N(1, 1) (section 3.1 and supplement); the M-step climbs by Newton steps on the diagonal, each halved until
the expected log-likelihood does not fall.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from gtcrowd import language
from gtcrowd.consolidation.classes import conclusion, convergence, steps, workers
from gtcrowd.consolidation.classes.conclusion import Conclusion
from gtcrowd.consolidation.classes.majority import vote_shares
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray, IntArray, checked_known
from gtcrowd.consolidation.parameters import Parameter

LEAST_ERROR = 1e-9


def conclude(
    table: AnswerTable,
    *,
    known: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    prior_ability: float = 1.0,
    prior_easiness: float = 1.0,
    max_steps: int = 200,
    tolerance: float = 1e-6,
) -> Conclusion:
    """Estimate labels, abilities and difficulties; every label is as likely as any other beforehand.

    prior_ability, prior_easiness   means of the normal priors of alpha and of ln beta, both with variance 1

    `difficulty` is 1 / beta: an object of difficulty 2 is answered as an easy one by a worker of half the ability.
    `worker_accuracy` is not used. The objective is the log-likelihood with its priors, and never falls.
    """
    certain = checked_known(table, known)
    ability = np.full(table.n_workers, prior_ability)
    ease = np.full(table.n_tasks, prior_easiness)
    other = max(table.n_labels - 1, 1)

    def expectation(posterior: FloatArray, ability: FloatArray, ease: FloatArray) -> float:
        right = posterior.reshape(-1)[table.cells()]
        at = ability[table.worker] * np.exp(ease)[table.task]
        said = right @ special.log_expit(at) + (1 - right) @ (special.log_expit(-at) - np.log(other))
        prior = ((ability - prior_ability) ** 2).sum() + ((ease - prior_easiness) ** 2).sum()
        return float(said - prior / 2)

    def step(posterior: FloatArray) -> tuple[FloatArray, float]:
        nonlocal ability, ease
        right = posterior.reshape(-1)[table.cells()]
        value = expectation(posterior, ability, ease)
        for _ in range(3):
            easy = np.exp(ease)[table.task]
            chance = special.expit(ability[table.worker] * easy)
            slope, bend = right - chance, chance * (1 - chance)
            move_ability = (np.bincount(table.worker, slope * easy, table.n_workers) - (ability - prior_ability)) / (
                np.bincount(table.worker, bend * easy**2, table.n_workers) + 1
            )
            whole = ability[table.worker] * easy
            move_ease = (np.bincount(table.task, slope * whole, table.n_tasks) - (ease - prior_easiness)) / (
                np.bincount(table.task, bend * whole**2, table.n_tasks) + 1
            )
            size = 1.0
            while size > 1e-4:
                tried = ability + size * move_ability, np.clip(ease + size * move_ease, -10, 10)
                better = expectation(posterior, *tried)
                if better >= value:
                    (ability, ease), value = tried, better
                    break
                size /= 2
        found, likelihood = _posterior(table, ability, ease, certain)
        prior = ((ability - prior_ability) ** 2).sum() + ((ease - prior_easiness) ** 2).sum()
        return found, likelihood - float(prior) / 2

    climb = convergence.climb(
        step, vote_shares(table, certain), max_steps=max_steps, gain=tolerance * max(len(table), 1)
    )
    typical = np.average(np.exp(ease), weights=table.answers_per_task()) if len(table) else 1.0
    accuracy = special.expit(ability * typical)
    return conclusion.from_posterior(
        table,
        climb.last,
        method="glad",
        parameters={
            "prior_ability": prior_ability,
            "prior_easiness": prior_easiness,
            "max_steps": max_steps,
            "tolerance": tolerance,
        },
        known=certain,
        ratio=workers.ratio_without_own_vote(table, climb.last, accuracy),
        difficulty=np.exp(-ease),
        steps=len(climb.objective),
        converged=climb.converged,
        objective=climb.objective,
    )


def _posterior(
    table: AnswerTable, ability: FloatArray, ease: FloatArray, known: IntArray | None
) -> tuple[FloatArray, float]:
    at = ability[table.worker] * np.exp(ease)[table.task]
    wrong = special.log_expit(-at) - np.log(max(table.n_labels - 1, 1))
    joint = table.votes(special.log_expit(at) - wrong)
    joint += np.bincount(table.task, wrong, table.n_tasks)[:, None] - np.log(table.n_labels)
    if known is not None:
        steps.clamp(joint, known)
    return steps.normalised(joint)


METHOD = Method(
    name="glad",
    title=language.later("GLAD"),
    summary=language.later("Learns how able each worker and how difficult each object is."),
    run=conclude,
    uses_known=True,
    uses_accuracy=False,
    parameters={
        "prior_ability": Parameter(1.0, -10.0, 10.0, "mean of the prior of a worker's ability"),
        "prior_easiness": Parameter(1.0, -10.0, 10.0, "mean of the prior of the logarithm of an object's easiness"),
        "max_steps": Parameter(200, 1, 100_000, "steps after which the search ends in any case"),
        "tolerance": Parameter(1e-6, 0.0, 1.0, "gain in log-likelihood an answer below which it ends"),
    },
)
