"""One yes/no question per label, with workers pooled over labels; the default for sets of labels.

    z_il ~ Bernoulli(π_l)                                   whether label l applies to task i
    P(y_ijl = 1 | z_il = 1) = s_jl,  P(y_ijl = 0 | z_il = 0) = c_jl      sensitivity and specificity

Expectation maximisation as in Dawid and Skene 1979. A worker's s_jl and c_jl for a label are drawn to those the worker
has over all labels, and these to the crowd's, so that a label with few answers borrows from the others (pooling as in
Paun et al. 2018, "Comparing Bayesian models of annotation", section 3). π_l is estimated for each label.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical.table import checked_accuracy
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.structured.choices import Choices, LabelMatrix, label_matrix, summary
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.table import ValueTable

MIN_PROBABILITY = 1e-4


@dataclass(frozen=True, eq=False)
class PerLabelModel:
    """What `per_label` learned.

    prior         [labels], π
    sensitivity   [n_workers, labels], s; specificity [n_workers, labels], c
    crowd         [2, labels], both for a worker who is not in the fit
    other         [3], prior, sensitivity and specificity of a label that nobody has chosen
    probability   [n_tasks, labels], that the label applies
    """

    labels: list[str]
    prior: FloatArray
    sensitivity: FloatArray
    specificity: FloatArray
    crowd: FloatArray
    other: FloatArray
    probability: FloatArray


@method(
    name="per-label",
    title=language.gettext_lazy("Dawid–Skene per label"),
    summary=language.gettext_lazy(
        "Treats each label as a yes/no question; estimates of a worker are shared between labels."
    ),
    order=10,
    parameters={
        "label_answers": Parameter(10.0, 1e-3, 1e6, "weight of a worker's overall rates for one label, in answers"),
        "worker_answers": Parameter(10.0, 1e-3, 1e6, "weight of the crowd's rates for a worker, in answers"),
        "prior_tasks": Parameter(1.0, 1e-6, 1e6, "tasks with and without a label assumed beforehand"),
        "max_steps": Parameter(200, 1, 100_000, "maximum number of steps"),
        "tolerance": Parameter(1e-6, 0.0, 1.0, "mean change of a probability below which it stops"),
    },
    uses_gold=True,
)
def per_label(
    table: ValueTable[Choices],
    *,
    gold_answers: Mapping[int, Choices] | None = None,
    worker_accuracy: npt.ArrayLike | None = None,
    label_answers: float = 10.0,
    worker_answers: float = 10.0,
    prior_tasks: float = 1.0,
    max_steps: int = 200,
    tolerance: float = 1e-6,
) -> Aggregation[list[Choices | None]]:
    """Estimate π, s and c, and choose the labels with a probability above 1/2.

    gold_answers      sets by code of the task; they are certain and inform the estimates of workers
    worker_accuracy   [n_workers]; s and c of a worker with accuracy a are drawn to a^(1/n) instead of to the crowd's,
        as a worker with a share a of all sets of n labels right has a share a^(1/n) of the labels right
    label_answers     weight of a worker's overall s and c for one label, in answers
    worker_answers    weight of the crowd's s and c for a worker, in answers
    prior_tasks       tasks with and without a label assumed beforehand
    max_steps, tolerance   stop when no probability moves by more than `tolerance` on average

    `part_confidence`: probability of each chosen label; `confidence`: that the whole set is right, with labels taken as
    independent. `worker_parameters`: sensitivity and specificity over all labels. `model`: a `PerLabelModel`. The
    objective is the log-likelihood of the yes and no answers.
    """
    gold = gold_answers or {}
    matrix = label_matrix(table, gold)
    labels, workers = len(matrix.labels), table.n_workers
    fixed, truth = _fixed(matrix, gold)
    probability = np.where(fixed[:, None], truth, matrix.shares())
    expected = checked_accuracy(workers, worker_accuracy, np.nan) ** (1 / max(labels, 1))
    yes = matrix.yes
    sensitivity = specificity = np.full(workers, 0.5)
    label_sensitivity = label_specificity = np.full((workers, labels), 0.5)
    crowd, prior = np.full((2, labels), 0.5), np.full(labels, 0.5)
    objective: list[float] = []
    moved = np.inf
    while len(objective) < max_steps and moved >= tolerance:
        applies = probability[matrix.task]
        # [workers, labels]: answers to questions whose truth is yes (or no), and the correct ones among them.
        true_positives, positives = matrix.by_worker(applies * yes), matrix.by_worker(applies)
        true_negatives, negatives = matrix.by_worker((1 - applies) * ~yes), matrix.by_worker(1 - applies)
        sensitivity, label_sensitivity, crowd_sensitivity = _pooled(
            true_positives, positives, expected, worker_answers, label_answers
        )
        specificity, label_specificity, crowd_specificity = _pooled(
            true_negatives, negatives, expected, worker_answers, label_answers
        )
        crowd = np.stack([crowd_sensitivity, crowd_specificity])
        prior = (probability[matrix.answered].sum(axis=0) + prior_tasks) / (matrix.answered.sum() + 2 * prior_tasks)
        s, c = label_sensitivity, label_specificity
        if_applies = np.where(yes, np.log(s)[matrix.worker], np.log1p(-s)[matrix.worker])
        if_not = np.where(yes, np.log1p(-c)[matrix.worker], np.log(c)[matrix.worker])
        log_yes, log_no = matrix.by_task(if_applies) + np.log(prior), matrix.by_task(if_not) + np.log1p(-prior)
        total = np.logaddexp(log_yes, log_no)
        objective.append(float(total[matrix.answered].sum()))
        before, probability = probability, np.where(fixed[:, None], truth, np.exp(log_yes - total))
        moved = float(np.abs(probability - before).mean()) if probability.size else 0.0
    parameters = {
        "label_answers": label_answers, "worker_answers": worker_answers, "prior_tasks": prior_tasks,
        "max_steps": max_steps, "tolerance": tolerance,
    }  # fmt: skip
    never_chosen = prior_tasks / (matrix.answered.sum() + 2 * prior_tasks)
    model = PerLabelModel(
        matrix.labels, prior, label_sensitivity, label_specificity, crowd,
        np.array([never_chosen, *(crowd.mean(axis=1) if labels else (0.5, 0.5))]), probability,
    )  # fmt: skip
    return summary(
        table, matrix, probability, probability > 0.5, method="per-label", parameters=parameters, model=model,
        worker_parameters={"sensitivity": sensitivity, "specificity": specificity} if labels else {},
        steps=len(objective), converged=moved < tolerance, objective=tuple(objective),
    )  # fmt: skip


def _fixed(matrix: LabelMatrix, gold_answers: Mapping[int, Choices]) -> tuple[npt.NDArray[np.bool_], FloatArray]:
    """Return which tasks have a gold answer [n_tasks], and its labels as 0 and 1 [n_tasks, labels].

    Tasks with a gold answer are marked as answered.
    """
    fixed, truth = np.zeros(len(matrix.answered), dtype=bool), np.zeros((len(matrix.answered), len(matrix.labels)))
    for task, value in gold_answers.items():
        fixed[task] = matrix.answered[task] = True
        truth[task, [matrix.labels.index(name) for name in value]] = 1.0
    return fixed, truth


def _pooled(
    correct: FloatArray, total: FloatArray, expected: FloatArray, worker_answers: float, label_answers: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return pooled rates from counts [n_workers, labels].

    Of each worker over all labels [n_workers], drawn to `expected` [n_workers] or where that is NaN to the crowd's;
    of each worker and label [n_workers, labels], drawn to those; and of the crowd for each label [labels].
    """
    crowd = (correct.sum() + 0.7) / (total.sum() + 1)
    target = np.where(np.isnan(expected), crowd, expected)
    worker = (correct.sum(axis=1) + worker_answers * target) / (total.sum(axis=1) + worker_answers)
    label = (correct + label_answers * worker[:, None]) / (total + label_answers)
    crowd_by_label = (correct.sum(axis=0) + label_answers * crowd) / (total.sum(axis=0) + label_answers)
    return (
        worker,
        np.clip(label, MIN_PROBABILITY, 1 - MIN_PROBABILITY),
        np.clip(crowd_by_label, MIN_PROBABILITY, 1 - MIN_PROBABILITY),
    )
