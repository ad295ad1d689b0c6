"""The default: confusion matrices pooled towards the worker's own accuracy and the crowd's typical errors.

The model is Dawid and Skene's with the hierarchy of Kim, Ghahramani 2012, "Bayesian classifier combination", section
3, and of Paun et al. 2018, "Comparing Bayesian models of annotation", section 3 (hierarchical Dawid–Skene), fitted by
collapsed variational Bayes; `pooling` says how a worker is expected to answer and what bounds the crowd's bias.
`dependence` says how much the answers to one object repeat each other; their evidence is worth that much less, which
is what makes the confidences honest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.classes import conclusion, dependence, pooling, steps, workers
from gtcrowd.consolidation.classes.majority import vote_shares
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.parts import Crowd, Model, Opinion, Part, Sums
from gtcrowd.consolidation.classes.pooling import Beliefs, Pool
from gtcrowd.consolidation.classes.table import FloatArray, checked_accuracy
from gtcrowd.consolidation.parameters import Parameter

# Name of what a part keeps throughout: the shares of the votes [n_tasks, n_labels].
VOTES = "votes"
# Tasks worked on at a time, so that no further array of their size is needed.
CHUNK = 1 << 16


@dataclass(frozen=True, eq=False)
class Learned:
    """What the last turn asked with, and what was found after it; confusion [n_workers, truth, answer]."""

    turn: int
    pool: Pool
    log_prior: FloatArray
    correlation: float
    doubt: float
    confusion: FloatArray


def learn(
    crowd: Crowd,
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
    """Estimate classes and pooled confusion matrices in turn, then judge how much the answers are worth together.

    row_answers       answers, for each true class, that the expectation of a worker's answers is worth
    worker_answers    answers that the crowd's accuracy (or `worker_accuracy` where it is given) is worth when a
        worker's own is estimated
    most_bias         largest difference between classes, in log-odds of being right, that is believed of the crowd
    vote_share        part that the plain votes have, beside the model's posterior, in what a task teaches about its
        workers; with 1 nothing is learned from the model, with 0 it may drift from the votes
    doubt             part that the plain votes have in the final probabilities
    hidden_correlation   correlation of answers to one object that cannot be seen because all of them err alike; it is
        added to the correlation measured (see `dependence.residual_correlation`)
    prior_tasks       tasks seen beforehand of each class
    max_steps, tolerance   stop when a step moves less than `tolerance` of a task's probability on average

    Tasks with known labels are certain and teach about workers. The objective is the sum over tasks of ln P(answers),
    each under workers taught by the other tasks only. It measures prediction; nothing is climbed, so it may fall a
    little.
    """
    expected = None if worker_accuracy is None else checked_accuracy(crowd.n_workers, worker_accuracy, np.nan)
    beliefs = Beliefs(worker_answers=worker_answers, row_answers=row_answers, most_bias=most_bias)
    answers, cells, classes = crowd.total(start)
    total = answers.astype(np.float64)
    objective: list[float] = []
    moved = 1.0
    while True:
        pool = pooling.pool(cells, n_workers=crowd.n_workers, total=total, expected=expected, beliefs=beliefs)
        prior = (classes + prior_tasks) / (classes + prior_tasks).sum()
        if len(objective) >= max_steps or moved < tolerance:
            break
        last = pool, np.log(prior)
        cells, classes, likelihood, change = crowd.total(turn, len(objective), *last, vote_share)
        moved = change / max(crowd.n_tasks, 1)
        objective.append(likelihood)
    correlation = dependence.residual_correlation(crowd, taught(len(objective)), prior_answers=worker_answers)
    correlation += hidden_correlation
    confusion = pooling.confusion(pool)
    return Model(
        look=look,
        tables=(Learned(len(objective) - 1, *last, correlation, doubt, confusion),),
        confusion=confusion,
        class_prior=prior,
        correlation=correlation,
        steps=len(objective),
        converged=moved < tolerance,
        objective=tuple(objective),
    )


def taught(turn: int) -> str:
    """Name of what a part keeps: what each task taught about its workers before the turn, [n_tasks, n_labels]."""
    return f"taught-{turn}"


def start(part: Part) -> Sums:
    """What the votes teach: answers of each worker, expected answers of each cell, expected tasks of each class."""
    votes = vote_shares(part.table, part.known)
    part.kept[VOTES] = part.kept[taught(0)] = votes
    return part.table.answers_per_worker(), steps.cell_counts(part.counts, votes), votes.sum(axis=0)


def turn(part: Part, number: int, pool: Pool, log_prior: FloatArray, vote_share: float) -> Sums:
    """What the posterior under a pool teaches in its turn: cells, classes, log-likelihood, and how far it moved."""
    part.kept.pop(taught(number - 1), None)
    before = part.kept[taught(number)]
    posterior, likelihood = steps.normalised(_joint(part, before, pool, log_prior))
    votes = part.kept[VOTES]
    # At ten million answers an array [n_tasks, n_labels] is a large part of the memory: this one is changed in place.
    moved = 0.0
    for first in range(0, len(posterior), CHUNK):
        here = slice(first, first + CHUNK)
        posterior[here] = vote_share * votes[here] + (1 - vote_share) * posterior[here]
        moved += float(np.abs(posterior[here] - before[here]).sum()) / 2
    after = part.kept[taught(number + 1)] = posterior
    # Of what was moved only the model's part is counted, the votes stay where they are.
    moved /= max(1 - vote_share, conclusion.TIE)
    return steps.cell_counts(part.counts, after), after.sum(axis=0), likelihood, moved


def look(part: Part, learned: Learned) -> Opinion:
    """The posterior of the last turn, and that with the evidence that correlated answers leave and some doubt."""
    joint = _joint(part, part.kept[taught(learned.turn)], learned.pool, learned.log_prior)
    judged, _ = steps.normalised(joint.copy())
    joint *= dependence.effective_share(part.table.answers_per_task().astype(np.float64), learned.correlation)[:, None]
    honest, _ = steps.normalised(joint)
    honest *= 1 - learned.doubt
    honest += learned.doubt * part.kept[VOTES]
    return Opinion(honest, judged, workers.ratio_without_own(part.table, judged, learned.confusion))


def _joint(part: Part, believed: FloatArray, pool: Pool, log_prior: FloatArray) -> FloatArray:
    joint = pooling.evidence(part.counts, believed, pool)
    joint += log_prior
    if part.known is not None:
        steps.clamp(joint, part.known)
    return joint


METHOD = Method(
    name="hierarchical",
    title=language.later("Hierarchical"),
    summary=language.later(
        "Learns what each worker confuses, from the worker and from the crowd, and how far answers repeat others."
    ),
    learn=learn,
    uses_known=True,
    uses_accuracy=True,
    parameters={
        "row_answers": Parameter(1.0, 1e-3, 1e6, "answers of each true class that the expected answers are worth"),
        "worker_answers": Parameter(12.0, 1e-3, 1e6, "answers that the accuracy expected of a worker is worth"),
        "most_bias": Parameter(0.6, 1e-3, 10.0, "largest difference between classes believed of the crowd, log-odds"),
        "vote_share": Parameter(0.3, 0.0, 1.0, "part of the plain votes in what a task teaches about its workers"),
        "doubt": Parameter(0.05, 0.0, 1.0, "part of the plain votes in the probabilities handed out"),
        "hidden_correlation": Parameter(0.2, 0.0, 1.0, "correlation of answers beyond what can be measured"),
        "prior_tasks": Parameter(1.0, 1e-6, 1e6, "tasks of each class assumed beforehand"),
        "max_steps": Parameter(50, 1, 100_000, "steps after which the search ends in any case"),
        "tolerance": Parameter(1e-4, 0.0, 1.0, "share of probability moved a task below which it ends"),
    },
)
