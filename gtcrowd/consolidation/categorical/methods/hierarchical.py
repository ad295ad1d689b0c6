"""Hierarchical Dawid–Skene with partial pooling; the default method.

    z_i ~ Cat(π)                                      true class of task i
    y_ij | z_i = k ~ Cat(θ_jk)                        answer of worker j
    θ_jk ~ Dir(n [a_jk e_k + (1 - a_jk) ψ_k])         pooled to the worker's accuracy a_j, moved by how hard class k is
                                                      for the crowd, and to the crowd's error profile ψ_k

(Kim, Ghahramani 2012, "Bayesian classifier combination", section 3; Paun et al. 2018, "Comparing Bayesian models of
annotation", section 3), fitted by collapsed variational Bayes; `pooling` computes the expected rows and the evidence.
Answers to one task are correlated; `dependence` estimates by how much, and the evidence is tempered accordingly, which
is what makes the confidences calibrated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical import dependence, pooling, results, steps
from gtcrowd.consolidation.categorical import worker_accuracy as accuracies
from gtcrowd.consolidation.categorical.method import sharded_method
from gtcrowd.consolidation.categorical.pooling import Pool, Strengths
from gtcrowd.consolidation.categorical.shards import Dataset, Inference, Model, Shard, Sums
from gtcrowd.consolidation.categorical.table import checked_accuracy
from gtcrowd.consolidation.categorical.votes import vote_shares
from gtcrowd.consolidation.parameters import Parameter

# Name in a shard's state of the shares of the votes, [n_tasks, n_labels].
VOTES = "votes"
# Tasks per chunk, so that no further array of the size of the posterior is needed.
CHUNK = 1 << 16


@dataclass(frozen=True, eq=False)
class Fit:
    """The parameters of the last step, and what was estimated after it; confusion [n_workers, truth, answer]."""

    step: int
    pool: Pool
    log_prior: FloatArray
    correlation: float
    smoothing: float
    confusion: FloatArray


@sharded_method(
    name="hierarchical",
    title=language.gettext_lazy("Hierarchical"),
    summary=language.gettext_lazy(
        "Dawid–Skene with confusion matrices pooled over the crowd, and confidences corrected for correlated answers."
    ),
    order=10,
    uses_gold=True,
    uses_worker_accuracy=True,
    parameters={
        "row_answers": Parameter(1.0, 1e-3, 1e6, "weight of the expected confusion row, in answers per true class"),
        "worker_answers": Parameter(12.0, 1e-3, 1e6, "weight of the expected accuracy of a worker, in answers"),
        "most_bias": Parameter(0.6, 1e-3, 10.0, "largest difference in difficulty between classes, in log-odds"),
        "vote_share": Parameter(0.3, 0.0, 1.0, "weight of the plain votes when workers are estimated"),
        "doubt": Parameter(0.05, 0.0, 1.0, "weight of the plain votes in the final probabilities"),
        "hidden_correlation": Parameter(0.2, 0.0, 1.0, "correlation of answers beyond what can be measured"),
        "prior_tasks": Parameter(1.0, 1e-6, 1e6, "tasks of each class assumed beforehand"),
        "max_steps": Parameter(50, 1, 100_000, "maximum number of steps"),
        "tolerance": Parameter(1e-4, 0.0, 1.0, "mean change of a task's probabilities below which it stops"),
    },
)
def hierarchical(
    dataset: Dataset,
    *,
    worker_accuracy: npt.ArrayLike | None,
    row_answers: float,
    worker_answers: float,
    most_bias: float,
    vote_share: float,
    doubt: float,
    hidden_correlation: float,
    prior_tasks: float,
    max_steps: int,
    tolerance: float,
) -> Model:
    """Alternate between the classes and the pooled confusion matrices, then estimate the correlation of answers.

    row_answers       n, weight of the expected confusion row, in answers per true class
    worker_answers    weight of the crowd's accuracy (or of `worker_accuracy` [n_workers] where it is given) in a_j
    most_bias         bound on the difference in difficulty between classes, in log-odds of being right
    vote_share        weight of the shares of the votes in the posterior from which workers are estimated: with 1 the
        model has no influence on the workers, with 0 the posterior may drift away from the votes
    doubt             weight of the shares of the votes in the final posterior
    hidden_correlation   added to the measured correlation of answers (`dependence.residual_correlation`), for what
        cannot be measured because all workers err alike
    prior_tasks       tasks of each class assumed beforehand, Dirichlet counts of π
    max_steps, tolerance   stop when a step moves less than `tolerance` of a task's probability on average

    Tasks with a gold answer are certain and inform the estimates of workers. The objective is Σ_i ln P(y_i), each term
    under workers estimated from the other tasks only. It measures prediction and is not climbed, so it may fall a
    little.
    """
    given_accuracy = None if worker_accuracy is None else checked_accuracy(dataset.n_workers, worker_accuracy, np.nan)
    strengths = Strengths(worker_answers=worker_answers, row_answers=row_answers, max_bias=most_bias)
    answers, pairs, classes = dataset.total(start)
    total = answers.astype(np.float64)
    objective: list[float] = []
    moved = 1.0
    while True:
        pool = pooling.pool(
            pairs, n_workers=dataset.n_workers, total=total, given_accuracy=given_accuracy, strengths=strengths
        )
        prior = (classes + prior_tasks) / (classes + prior_tasks).sum()
        if len(objective) >= max_steps or moved < tolerance:
            break
        last = pool, np.log(prior)
        pairs, classes, likelihood, change = dataset.total(step, len(objective), *last, vote_share)
        moved = change / max(dataset.n_tasks, 1)
        objective.append(likelihood)
    correlation = dependence.residual_correlation(dataset, contribution(len(objective)), prior_answers=worker_answers)
    correlation += hidden_correlation
    confusion = pooling.confusion(pool)
    return Model(
        e_step=e_step,
        arguments=(Fit(len(objective) - 1, *last, correlation, doubt, confusion),),
        confusion=confusion,
        class_prior=prior,
        correlation=correlation,
        steps=len(objective),
        converged=moved < tolerance,
        objective=tuple(objective),
    )


def contribution(step: int) -> str:
    """Return the name in a shard's state of what each task contributed to the pool before `step`.

    [n_tasks, n_labels]; it is taken out of the pool again for the leave-one-out evidence of that task.
    """
    return f"contribution-{step}"


def start(shard: Shard) -> Sums:
    """Return answers per worker, expected counts of (worker, answer) pairs and of classes, from the votes."""
    votes = vote_shares(shard.table, shard.gold)
    shard.state[VOTES] = shard.state[contribution(0)] = votes
    return shard.table.answers_per_worker(), steps.pair_counts(shard.counts, votes), votes.sum(axis=0)


def step(shard: Shard, number: int, pool: Pool, log_prior: FloatArray, vote_share: float) -> Sums:
    """Return the expected counts of pairs and classes, the log-likelihood, and how far the posterior moved."""
    shard.state.pop(contribution(number - 1), None)
    before = shard.state[contribution(number)]
    posterior, likelihood = steps.normalised(_log_joint(shard, before, pool, log_prior))
    votes = shard.state[VOTES]
    # At ten million answers an array [n_tasks, n_labels] is a large part of the memory: this one is changed in place.
    moved = 0.0
    for first in range(0, len(posterior), CHUNK):
        rows = slice(first, first + CHUNK)
        posterior[rows] = vote_share * votes[rows] + (1 - vote_share) * posterior[rows]
        moved += float(np.abs(posterior[rows] - before[rows]).sum()) / 2
    after = shard.state[contribution(number + 1)] = posterior
    # The votes do not move; only the model's share of the mixture counts.
    moved /= max(1 - vote_share, results.TIE)
    return steps.pair_counts(shard.counts, after), after.sum(axis=0), likelihood, moved


def e_step(shard: Shard, fit: Fit) -> Inference:
    """Return the posterior of the last step as scoring posterior, and the same tempered and smoothed for the labels."""
    log_joint = _log_joint(shard, shard.state[contribution(fit.step)], fit.pool, fit.log_prior)
    scoring, _ = steps.normalised(log_joint.copy())
    answers = shard.table.answers_per_task().astype(np.float64)
    log_joint *= dependence.effective_share(answers, fit.correlation)[:, None]
    posterior, _ = steps.normalised(log_joint)
    posterior *= 1 - fit.smoothing
    posterior += fit.smoothing * shard.state[VOTES]
    return Inference(posterior, scoring, accuracies.leave_one_out_ratio(shard.table, scoring, fit.confusion))


def _log_joint(shard: Shard, contributions: FloatArray, pool: Pool, log_prior: FloatArray) -> FloatArray:
    """Return ln P(class, answers), [n_tasks, n_labels]."""
    joint = pooling.leave_one_out_evidence(shard.counts, contributions, pool)
    joint += log_prior
    if shard.gold is not None:
        steps.fix(joint, shard.gold)
    return joint
