"""A new answer of several labels at once: each is a yes or no, weighed by the workers as the last full fit saw them.

The counterpart of `classes.online` for `choices.per_label`; what a further answer would change is reckoned in the same
way, label by label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from gtcrowd.consolidation.classes.table import FloatArray
from gtcrowd.consolidation.values.choices import LEAST, Choices, Learned

ASSUMED_RATE, ASSUMED_PRIOR = 0.7, 0.5
"""Sensitivity and specificity of workers, and how often a label applies, before anything is known."""
Json = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Fit:
    """Log-odds of the labels of a job, in its order: `prior` [labels]; `yes` and `no` [n_workers, labels], what an
    answer with and without the label adds; `crowd` [2, labels], sensitivity and specificity of anybody."""

    labels: Sequence[str]
    prior: FloatArray
    yes: FloatArray
    no: FloatArray
    crowd: FloatArray


def unlearned() -> Json:
    """`shared` of `written` before there is any fit: every label as likely as not, workers better than chance."""
    return {"labels": {}, "other": [ASSUMED_PRIOR, ASSUMED_RATE, ASSUMED_RATE]}


def written(learned: Learned) -> tuple[Json, list[Any]]:
    """What was learned in JSON, to be kept: what is shared, and for each worker sensitivity and specificity by label.

    `shared`: under `labels` for each the prior, the crowd's sensitivity and its specificity; under `other` the same
    for any further label.
    """
    columns = np.stack([learned.prior, *learned.crowd], axis=1).round(6).tolist()
    shared = {"labels": dict(zip(learned.labels, columns, strict=True)), "other": learned.other.round(6).tolist()}
    both = np.stack([learned.sensitivity, learned.specificity], axis=2).round(4).tolist()
    return shared, [dict(zip(learned.labels, worker, strict=True)) for worker in both]


def read(shared: Json, workers: Sequence[Mapping[str, Any] | None], labels: Sequence[str]) -> Fit:
    """What `written` wrote, for these workers and labels; None stands for a worker whom it did not know."""
    known = np.array([shared["labels"].get(label, shared["other"]) for label in labels], dtype=np.float64)
    known = known.reshape(len(labels), 3).clip(LEAST, 1 - LEAST)
    rates = np.empty((len(workers), len(labels), 2))
    for place, worker in enumerate(workers):
        rates[place] = known[:, 1:]
        for column, label in enumerate(labels):
            if worker and label in worker:
                rates[place, column] = worker[label]
    rates = rates.clip(LEAST, 1 - LEAST)
    sensitivity, specificity = rates[..., 0], rates[..., 1]
    return Fit(
        labels=labels,
        prior=special.logit(known[:, 0]),
        yes=np.log(sensitivity) - np.log1p(-specificity),
        no=np.log1p(-sensitivity) - np.log(specificity),
        crowd=known[:, 1:].T,
    )


def odds(
    fit: Fit, tasks: npt.NDArray[Any], workers: npt.NDArray[Any], values: npt.NDArray[Any], distinct: Sequence[Choices],
    *, n_tasks: int,
) -> FloatArray:  # fmt: skip
    """Log-odds that each label applies, [n_tasks, labels], after all answers.

    `tasks`, `workers`, `values` [answers]: codes; `distinct`: what the codes of the values stand for.
    """
    chosen = np.array([[label in value for label in fit.labels] for value in distinct], dtype=bool)
    chosen = chosen.reshape(len(distinct), len(fit.labels))
    found = np.empty((n_tasks, len(fit.labels)))
    for place in range(len(fit.labels)):  # label by label: all at once would be answers times labels of numbers
        said = np.where(chosen[values, place], fit.yes[workers, place], fit.no[workers, place])
        found[:, place] = fit.prior[place] + np.bincount(tasks, said, n_tasks)
    return found


def error(odds: FloatArray) -> FloatArray:
    """Probability that the likeliest set is not wholly right, [n_tasks], as if labels were independent."""
    return np.asarray(1 - special.expit(np.abs(odds)).prod(axis=1))


def avoidable(fit: Fit, odds: FloatArray, more: npt.NDArray[np.int64]) -> FloatArray:
    """Probability that `more` further answers [n_tasks] of anybody would change the likeliest set, [n_tasks].

    See `classes.online.avoidable`: so many steps of known mean and variance are taken as normal.
    """
    sensitivity, specificity = fit.crowd
    up = np.log(sensitivity) - np.log1p(-specificity)
    down = np.log1p(-sensitivity) - np.log(specificity)
    spread = (up - down) ** 2
    towards, away = sensitivity * up + (1 - sensitivity) * down, (1 - specificity) * up + specificity * down
    count, sign = more[:, None], np.where(odds > 0, 1.0, -1.0)
    there = odds + count * towards
    absent = odds + count * away
    # `there`: the label applies; `absent`: it does not. Either may turn the sign that the odds have now.
    turned = special.expit(odds) * _turned(sign, there, count * spread * sensitivity * (1 - sensitivity))
    turned += special.expit(-odds) * _turned(sign, absent, count * spread * specificity * (1 - specificity))
    return np.where(more > 0, 1 - (1 - turned).prod(axis=1), 0.0)


def _turned(sign: FloatArray, mean: FloatArray, variance: FloatArray) -> FloatArray:
    """Probability that a normal variable has the other sign."""
    return np.asarray(special.ndtr(-sign * mean / np.sqrt(np.maximum(variance, LEAST))))
