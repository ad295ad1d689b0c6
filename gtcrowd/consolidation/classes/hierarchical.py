"""The default: confusion matrices pooled towards the worker's own accuracy and the crowd's typical errors.

The model is Dawid and Skene's with the hierarchy of Kim, Ghahramani 2012, "Bayesian classifier combination", section
3, and of Paun et al. 2018, "Comparing Bayesian models of annotation", section 3 (hierarchical Dawid–Skene), fitted by
collapsed variational Bayes; `pooling` says how a worker is expected to answer and what bounds the crowd's bias.
`dependence` says how much the answers to one object repeat each other; their evidence is worth that much less, which
is what makes the confidences honest.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.classes import conclusion, dependence, pooling, steps
from gtcrowd.consolidation.classes.conclusion import Conclusion
from gtcrowd.consolidation.classes.majority import vote_shares
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.pooling import Beliefs, Pool
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray, IntArray, checked_accuracy, checked_known
from gtcrowd.consolidation.parameters import Parameter


def conclude(
    table: AnswerTable,
    *,
    known: npt.ArrayLike | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    row_answers: float = 1.0,
    worker_answers: float = 12.0,
    most_bias: float = 0.6,
    vote_share: float = 0.3,
    doubt: float = 0.05,
    hidden_correlation: float = 0.2,
    prior_tasks: float = 1.0,
    max_steps: int = 50,
    tolerance: float = 1e-4,
) -> Conclusion:
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
    known             [n_tasks], code of the known label or -1; such tasks are certain and teach about workers
    max_steps, tolerance   stop when a step moves less than `tolerance` of a task's probability on average

    The objective is the sum over tasks of ln P(answers), each under workers taught by the other tasks only. It
    measures prediction; nothing is climbed, so it may fall a little.
    """
    certain = checked_known(table, known)
    expected = None if worker_accuracy is None else checked_accuracy(table, worker_accuracy, np.nan)
    counts = steps.count(table)
    total = table.answers_per_worker().astype(np.float64)
    votes = vote_shares(table, certain)
    beliefs = Beliefs(worker_answers=worker_answers, row_answers=row_answers, most_bias=most_bias)

    # At ten million answers each array [n_tasks, n_labels] is a large part of the memory: they are changed in place.
    posterior, taught = votes.copy(), votes.copy()
    joint = np.empty(0)
    objective: list[float] = []
    moved = 1.0
    while len(objective) < max_steps and moved >= tolerance:
        pool = _pool(counts, taught, total, expected, beliefs)
        prior = class_prior(taught, prior_tasks)
        del joint
        joint = pooling.evidence(counts, taught, pool)
        joint += np.log(prior)
        before = posterior
        posterior, likelihood = _posterior(joint, certain)
        objective.append(likelihood)
        before -= posterior
        moved = float(np.abs(before, out=before).sum()) / 2 / max(table.n_tasks, 1)
        np.multiply(votes, vote_share, out=taught)
        taught += (1 - vote_share) * posterior
    del before
    pool = _pool(counts, taught, total, expected, beliefs)

    correlation = hidden_correlation + dependence.residual_correlation(table, taught, prior_answers=worker_answers)
    left = dependence.effective_share(table.answers_per_task().astype(np.float64), correlation)
    joint *= left[:, None]
    honest, _ = _posterior(joint, certain)
    honest *= 1 - doubt
    honest += doubt * votes
    return conclusion.from_posterior(
        table,
        honest,
        method="hierarchical",
        parameters={
            "row_answers": row_answers,
            "worker_answers": worker_answers,
            "most_bias": most_bias,
            "vote_share": vote_share,
            "doubt": doubt,
            "hidden_correlation": hidden_correlation,
            "prior_tasks": prior_tasks,
            "max_steps": max_steps,
            "tolerance": tolerance,
        },
        known=certain,
        confusion=pooling.confusion(pool),
        judged=posterior,
        class_prior=class_prior(taught, prior_tasks),
        correlation=correlation,
        steps=len(objective),
        converged=moved < tolerance,
        objective=tuple(objective),
    )


def class_prior(taught: FloatArray, prior_tasks: float) -> FloatArray:
    """Probability of each class [n_labels] when the tasks have taught so much."""
    classes = taught.sum(axis=0) + prior_tasks
    return np.asarray(classes / classes.sum())


def _pool(
    counts: steps.Counts, taught: FloatArray, total: FloatArray, expected: FloatArray | None, beliefs: Beliefs
) -> Pool:
    cells = steps.cell_counts(counts, taught)
    return pooling.pool(cells, n_workers=counts.n_workers, total=total, expected=expected, beliefs=beliefs)


def _posterior(joint: FloatArray, known: IntArray | None) -> tuple[FloatArray, float]:
    if known is not None:
        joint = joint.copy()
        steps.clamp(joint, known)
    return steps.normalised(joint)


METHOD = Method(
    name="hierarchical",
    title="Hierarchical",
    summary="Learns what each worker confuses, from the worker and from the crowd, and how far answers repeat others.",
    run=conclude,
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
