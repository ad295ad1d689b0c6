"""Posteriors of sets of labels, updated answer by answer, under the worker models of the last full fit.

The counterpart of `categorical.online` for `per_label`; the value of further answers is computed in the same way, label
by label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.structured.choices import Choices
from gtcrowd.consolidation.structured.choices.per_label import MIN_PROBABILITY, PerLabelModel

ASSUMED_RATE, ASSUMED_PRIOR = 0.7, 0.5
"""Sensitivity and specificity of workers, and how often a label applies, before any fit."""
Json = dict[str, Any]


@dataclass(frozen=True, eq=False)
class WorkerModels:
    """Log-odds of the labels of a job, in its order.

    log_odds_prior   [labels]
    yes, no          [n_workers, labels], what an answer with and without the label adds
    crowd            [2, labels], sensitivity and specificity of an average worker
    """

    labels: Sequence[str]
    log_odds_prior: FloatArray
    yes: FloatArray
    no: FloatArray
    crowd: FloatArray


def prior_model() -> Json:
    """Return the shared part of `to_json` before any fit: labels as likely as not, and workers better than chance."""
    return {"labels": {}, "other": [ASSUMED_PRIOR, ASSUMED_RATE, ASSUMED_RATE]}


def to_json(model: PerLabelModel) -> tuple[Json, list[Any]]:
    """Return the model as JSON to be stored: what all workers share, and sensitivity and specificity of each by label.

    The shared part has under `labels` the prior, the crowd's sensitivity and its specificity of each label, and under
    `other` the same for any further label.
    """
    columns = np.stack([model.prior, *model.crowd], axis=1).round(6).tolist()
    shared = {"labels": dict(zip(model.labels, columns, strict=True)), "other": model.other.round(6).tolist()}
    both = np.stack([model.sensitivity, model.specificity], axis=2).round(4).tolist()
    return shared, [dict(zip(model.labels, worker, strict=True)) for worker in both]


def from_json(shared: Json, workers: Sequence[Mapping[str, Any] | None], labels: Sequence[str]) -> WorkerModels:
    """Return the models that `to_json` stored, of these workers and labels; None is a worker who was not in the fit."""
    rates = np.array([shared["labels"].get(label, shared["other"]) for label in labels], dtype=np.float64)
    rates = rates.reshape(len(labels), 3).clip(MIN_PROBABILITY, 1 - MIN_PROBABILITY)
    own = np.empty((len(workers), len(labels), 2))
    for row, worker in enumerate(workers):
        own[row] = rates[:, 1:]
        for column, label in enumerate(labels):
            if worker and label in worker:
                own[row, column] = worker[label]
    own = own.clip(MIN_PROBABILITY, 1 - MIN_PROBABILITY)
    sensitivity, specificity = own[..., 0], own[..., 1]
    return WorkerModels(
        labels=labels,
        log_odds_prior=special.logit(rates[:, 0]),
        yes=np.log(sensitivity) - np.log1p(-specificity),
        no=np.log1p(-sensitivity) - np.log(specificity),
        crowd=rates[:, 1:].T,
    )


def log_odds(
    models: WorkerModels, tasks: npt.NDArray[Any], workers: npt.NDArray[Any], values: npt.NDArray[Any],
    distinct: Sequence[Choices], *, n_tasks: int,
) -> FloatArray:  # fmt: skip
    """Return the log-odds that each label applies after all answers, [n_tasks, labels].

    tasks, workers, values   [answers], codes
    distinct                 the set that each code of `values` stands for
    """
    chosen = np.array([[label in value for label in models.labels] for value in distinct], dtype=bool)
    chosen = chosen.reshape(len(distinct), len(models.labels))
    odds = np.empty((n_tasks, len(models.labels)))
    for column in range(len(models.labels)):  # one label at a time: memory for all would be answers × labels
        evidence = np.where(chosen[values, column], models.yes[workers, column], models.no[workers, column])
        odds[:, column] = models.log_odds_prior[column] + np.bincount(tasks, evidence, n_tasks)
    return odds


def error(odds: FloatArray) -> FloatArray:
    """Return the probability that the most probable set is not entirely right, [n_tasks]; labels are independent.

    odds   [n_tasks, labels], log-odds
    """
    return np.asarray(1 - special.expit(np.abs(odds)).prod(axis=1))


def value_of_more_answers(models: WorkerModels, odds: FloatArray, more: npt.NDArray[np.int64]) -> FloatArray:
    """Return the probability that further answers of average workers change the most probable set, [n_tasks].

    odds   [n_tasks, labels], log-odds
    more   [n_tasks], number of further answers

    The sum of their steps is taken as normal; see `categorical.online.value_of_more_answers`.
    """
    sensitivity, specificity = models.crowd
    up = np.log(sensitivity) - np.log1p(-specificity)
    down = np.log1p(-sensitivity) - np.log(specificity)
    spread = (up - down) ** 2
    if_applies, if_not = sensitivity * up + (1 - sensitivity) * down, (1 - specificity) * up + specificity * down
    count, sign = more[:, None], np.where(odds > 0, 1.0, -1.0)
    # Either truth may turn the sign that the odds have now.
    turned = special.expit(odds) * _other_sign(
        sign, odds + count * if_applies, count * spread * sensitivity * (1 - sensitivity)
    )
    turned += special.expit(-odds) * _other_sign(
        sign, odds + count * if_not, count * spread * specificity * (1 - specificity)
    )
    return np.where(more > 0, 1 - (1 - turned).prod(axis=1), 0.0)


def _other_sign(sign: FloatArray, mean: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the probability that a normal variable has the other sign."""
    return np.asarray(special.ndtr(-sign * mean / np.sqrt(np.maximum(variance, MIN_PROBABILITY))))
