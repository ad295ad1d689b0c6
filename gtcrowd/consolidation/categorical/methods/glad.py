"""Whitehill, Ruvolo, Wu, Bergsma, Movellan 2009, "Whose vote should count more" (GLAD), NIPS.

    P(y_ij = z_i) = 1 / (1 + exp(-α_j β_i)),   α_j ~ N(μ_α, 1),   ln β_i ~ N(μ_β, 1),   z_i uniform

Ability α_j times easiness β_i, with uniform errors. Expectation maximisation with the paper's priors, μ_α = μ_β = 1
(section 3.1 and supplement); the M-step takes Newton steps on the diagonal, each halved until the expected
log-likelihood does not fall.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray, IntArray
from gtcrowd.consolidation.categorical import convergence, results, steps
from gtcrowd.consolidation.categorical import worker_accuracy as accuracies
from gtcrowd.consolidation.categorical.method import method
from gtcrowd.consolidation.categorical.table import AnswerTable, checked_gold
from gtcrowd.consolidation.categorical.votes import vote_shares
from gtcrowd.consolidation.parameters import Parameter


@method(
    name="glad",
    title=language.gettext_lazy("GLAD"),
    summary=language.gettext_lazy("Estimates the ability of each worker and the difficulty of each object."),
    order=90,
    uses_gold=True,
    uses_worker_accuracy=False,
    parameters={
        "prior_ability": Parameter(1.0, -10.0, 10.0, "mean of the prior of a worker's ability"),
        "prior_easiness": Parameter(1.0, -10.0, 10.0, "mean of the prior of the logarithm of an object's easiness"),
        "max_steps": Parameter(200, 1, 100_000, "maximum number of steps"),
        "tolerance": Parameter(1e-6, 0.0, 1.0, "gain in log-likelihood per answer below which it stops"),
    },
)
def glad(
    table: AnswerTable,
    *,
    gold: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    prior_ability: float = 1.0,
    prior_easiness: float = 1.0,
    max_steps: int = 200,
    tolerance: float = 1e-6,
) -> Aggregation[IntArray]:
    """Estimate labels, α and β under a uniform class prior.

    prior_ability, prior_easiness   μ_α and μ_β
    max_steps, tolerance   stop when a step gains less than `tolerance` per answer, or after `max_steps`

    `difficulty` is 1 / β: an object of difficulty 2 is answered like an easy one by a worker of half the ability.
    `worker_accuracy` is not used. The objective is the log-likelihood with its priors, and never falls.
    """
    fixed = checked_gold(table, gold)
    alpha = np.full(table.n_workers, prior_ability)
    log_beta = np.full(table.n_tasks, prior_easiness)
    other = max(table.n_labels - 1, 1)

    def expectation(posterior: FloatArray, alpha: FloatArray, log_beta: FloatArray) -> float:
        correct = posterior.reshape(-1)[table.vote_index()]
        logit = alpha[table.worker] * np.exp(log_beta)[table.task]
        likelihood = correct @ special.log_expit(logit) + (1 - correct) @ (special.log_expit(-logit) - np.log(other))
        prior = ((alpha - prior_ability) ** 2).sum() + ((log_beta - prior_easiness) ** 2).sum()
        return float(likelihood - prior / 2)

    def step(posterior: FloatArray) -> tuple[FloatArray, float]:
        nonlocal alpha, log_beta
        correct = posterior.reshape(-1)[table.vote_index()]
        value = expectation(posterior, alpha, log_beta)
        for _ in range(3):
            beta = np.exp(log_beta)[table.task]
            probability = special.expit(alpha[table.worker] * beta)
            gradient, curvature = correct - probability, probability * (1 - probability)
            alpha_step = (np.bincount(table.worker, gradient * beta, table.n_workers) - (alpha - prior_ability)) / (
                np.bincount(table.worker, curvature * beta**2, table.n_workers) + 1
            )
            logit = alpha[table.worker] * beta
            beta_step = (np.bincount(table.task, gradient * logit, table.n_tasks) - (log_beta - prior_easiness)) / (
                np.bincount(table.task, curvature * logit**2, table.n_tasks) + 1
            )
            size = 1.0
            while size > 1e-4:
                candidate = alpha + size * alpha_step, np.clip(log_beta + size * beta_step, -10, 10)
                candidate_value = expectation(posterior, *candidate)
                if candidate_value >= value:
                    (alpha, log_beta), value = candidate, candidate_value
                    break
                size /= 2
        posterior, likelihood = _posterior(table, alpha, log_beta, fixed)
        prior = ((alpha - prior_ability) ** 2).sum() + ((log_beta - prior_easiness) ** 2).sum()
        return posterior, likelihood - float(prior) / 2

    result = convergence.climb(
        step, vote_shares(table, fixed), max_steps=max_steps, gain=tolerance * max(len(table), 1)
    )
    typical = np.average(np.exp(log_beta), weights=table.answers_per_task()) if len(table) else 1.0
    accuracy = special.expit(alpha * typical)
    return results.from_posterior(
        table,
        result.last,
        method="glad",
        parameters={
            "prior_ability": prior_ability,
            "prior_easiness": prior_easiness,
            "max_steps": max_steps,
            "tolerance": tolerance,
        },
        gold=fixed,
        likelihood_ratio=accuracies.leave_one_out_ratio_of_accuracy(table, result.last, accuracy),
        difficulty=np.exp(-log_beta),
        steps=len(result.objective),
        converged=result.converged,
        objective=result.objective,
    )


def _posterior(
    table: AnswerTable, alpha: FloatArray, log_beta: FloatArray, gold: IntArray | None
) -> tuple[FloatArray, float]:
    logit = alpha[table.worker] * np.exp(log_beta)[table.task]
    wrong = special.log_expit(-logit) - np.log(max(table.n_labels - 1, 1))
    joint = table.votes(special.log_expit(logit) - wrong)
    joint += np.bincount(table.task, wrong, table.n_tasks)[:, None] - np.log(table.n_labels)
    if gold is not None:
        steps.fix(joint, gold)
    return steps.normalised(joint)
