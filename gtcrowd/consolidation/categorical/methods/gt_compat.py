"""Ground Truth's consolidation of single-label classification, so that a job run again gives the same numbers.

A variant of Dawid–Skene that stops after two passes; its confidence is an affine map of the posterior, at most 0.95.
One call is one batch: nothing is carried over between batches, so how objects are batched changes the results. The
constants are those observed in published jobs; do not tune them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray, IntArray
from gtcrowd.consolidation.categorical import results, steps
from gtcrowd.consolidation.categorical.confusion import symmetric_confusion
from gtcrowd.consolidation.categorical.method import method
from gtcrowd.consolidation.categorical.table import AnswerTable

PASSES = 2
FIRST_ACCURACY = 0.7
OWN_WEIGHT = 1.0  # prior towards the worker's own accuracy, in answers per answer given
CROWD_WEIGHT = 0.5  # prior towards the batch's mean accuracy, likewise
MIN_CONFIDENCE, CONFIDENCE_RANGE, DECIMALS = 0.05, 0.9, 2


@method(
    name="gt-compat",
    title=language.gettext_lazy("Ground Truth compatible"),
    summary=language.gettext_lazy("Reproduces Ground Truth's numbers for single labels, batch by batch."),
    order=110,
    uses_gold=False,
    uses_worker_accuracy=False,
)
def gt_compat(
    table: AnswerTable, *, gold: npt.ArrayLike | None = None, worker_accuracy: npt.ArrayLike | None = None
) -> Aggregation[IntArray]:
    """Consolidate one batch. `gold` and `worker_accuracy` are not used; Ground Truth had neither.

    If no task of the batch has more than one answer, there is nothing to compare and the confidence is 0.
    """
    counts = steps.count(table)
    answered = table.answers_per_task() > 0
    confusion = symmetric_confusion(np.full(table.n_workers, FIRST_ACCURACY), table.n_labels)
    prior: FloatArray = np.full(table.n_labels, 1.0 / table.n_labels)
    posterior, likelihood = _e_step(counts, prior, confusion)
    objective, crowd = [likelihood], FIRST_ACCURACY
    for _ in range(PASSES - 1):
        confusion, crowd = _m_step(table, counts, posterior, crowd)
        if answered.any():
            prior = posterior[answered].mean(axis=0)
        posterior, likelihood = _e_step(counts, prior, confusion)
        objective.append(likelihood)
    return results.from_posterior(
        table,
        posterior,
        method="gt-compat",
        parameters={},
        confidence=_confidence(table, posterior),
        confusion=confusion,
        steps=PASSES,
        objective=tuple(objective),
    )


def _e_step(counts: steps.Counts, prior: FloatArray, confusion: FloatArray) -> tuple[FloatArray, float]:
    # A class whose prior has shrunk to 0 stays out; the smallest positive number avoids the warning of ln 0.
    tiny = np.finfo(np.float64).tiny
    return steps.e_step(counts, np.log(np.maximum(prior, tiny)), np.log(np.maximum(confusion, tiny)))


def _m_step(table: AnswerTable, counts: steps.Counts, posterior: FloatArray, crowd: float) -> tuple[FloatArray, float]:
    """Return confusion matrices smoothed towards each worker's and the batch's mean accuracy, and the new mean."""
    expected = steps.m_step(counts, posterior)[1]
    answers = table.answers_per_worker().astype(np.float64)
    present = answers > 0
    correct = np.trace(expected, axis1=1, axis2=2)
    own = np.divide(correct, answers, out=np.full(table.n_workers, crowd), where=present)
    weight = np.where(present, answers, 1.0)[:, None, None]
    common = symmetric_confusion(np.array(crowd), table.n_labels)
    confusion = expected + weight * (OWN_WEIGHT * symmetric_confusion(own, table.n_labels) + CROWD_WEIGHT * common)
    confusion /= confusion.sum(axis=2, keepdims=True)
    return confusion, float(own[present].mean()) if present.any() else crowd


def _confidence(table: AnswerTable, posterior: FloatArray) -> FloatArray:
    if table.answers_per_task().max(initial=0) <= 1:
        return np.zeros(table.n_tasks)
    scaled = MIN_CONFIDENCE + CONFIDENCE_RANGE * posterior.max(axis=1)
    return np.asarray(np.round(scaled, DECIMALS), dtype=np.float64)
