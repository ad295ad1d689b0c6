"""The consolidation of Ground Truth for single labels, so that a job run again gives the same numbers.

A Dawid-Skene variant that stops after two passes; its confidence is an affine map of the posterior, at most 0.95.
One call is one batch: nothing is carried over between batches, and how objects fall into batches changes results.
The constants are those observed in published jobs, not ours to improve.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.classes import conclusion, steps
from gtcrowd.consolidation.classes.conclusion import Conclusion
from gtcrowd.consolidation.classes.dawid_skene import leaning
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray

PASSES = 2
FIRST_ACCURACY = 0.7
OWN_WEIGHT = 1.0  # prior towards the worker's own accuracy, in answers for each answer given
CROWD_WEIGHT = 0.5  # prior towards the batch's mean accuracy, likewise
LEAST_CONFIDENCE, CONFIDENCE_SPAN, DECIMALS = 0.05, 0.9, 2


def conclude(
    table: AnswerTable, *, known: npt.ArrayLike | None = None, worker_accuracy: npt.ArrayLike | None = None
) -> Conclusion:
    """Consolidate one batch. `known` and `worker_accuracy` change nothing; Ground Truth had neither.

    When no task of the batch has more than one answer there is nothing to compare: confidence is 0.
    """
    counts = steps.count(table)
    answered = table.answers_per_task() > 0
    confusion = leaning(np.full(table.n_workers, FIRST_ACCURACY), table.n_labels)
    prior: FloatArray = np.full(table.n_labels, 1.0 / table.n_labels)
    posterior, likelihood = _expect(counts, prior, confusion)
    objective, crowd = [likelihood], FIRST_ACCURACY
    for _ in range(PASSES - 1):
        confusion, crowd = _maximise(table, counts, posterior, crowd)
        if answered.any():
            prior = posterior[answered].mean(axis=0)
        posterior, likelihood = _expect(counts, prior, confusion)
        objective.append(likelihood)
    return conclusion.from_posterior(
        table,
        posterior,
        method="gt-compat",
        parameters={},
        confidence=_confidence(table, posterior),
        confusion=confusion,
        steps=PASSES,
        objective=tuple(objective),
    )


def _expect(counts: steps.Counts, prior: FloatArray, confusion: FloatArray) -> tuple[FloatArray, float]:
    # A class whose prior has shrunk to 0 stays out; so small a number stands for 0 without a warning.
    tiny = np.finfo(np.float64).tiny
    return steps.e_step(counts, np.log(np.maximum(prior, tiny)), np.log(np.maximum(confusion, tiny)))


def _maximise(
    table: AnswerTable, counts: steps.Counts, posterior: FloatArray, crowd: float
) -> tuple[FloatArray, float]:
    """Confusion matrices smoothed towards each worker's and the batch's mean accuracy, and the new mean."""
    expected = steps.m_step(counts, posterior)[1]
    answers = table.answers_per_worker().astype(np.float64)
    present = answers > 0
    right = np.trace(expected, axis1=1, axis2=2)
    own = np.divide(right, answers, out=np.full(table.n_workers, crowd), where=present)
    weight = np.where(present, answers, 1.0)[:, None, None]
    common = leaning(np.array(crowd), table.n_labels)
    confusion = expected + weight * (OWN_WEIGHT * leaning(own, table.n_labels) + CROWD_WEIGHT * common)
    confusion /= confusion.sum(axis=2, keepdims=True)
    return confusion, float(own[present].mean()) if present.any() else crowd


def _confidence(table: AnswerTable, posterior: FloatArray) -> FloatArray:
    if table.answers_per_task().max(initial=0) <= 1:
        return np.zeros(table.n_tasks)
    scaled = LEAST_CONFIDENCE + CONFIDENCE_SPAN * posterior.max(axis=1)
    return np.asarray(np.round(scaled, DECIMALS), dtype=np.float64)


METHOD = Method(
    name="gt-compat",
    title=language.later("As Ground Truth did"),
    summary=language.later("Repeats Ground Truth's own numbers for single labels, batch by batch."),
    run=conclude,
    uses_known=False,
    uses_accuracy=False,
    parameters={},
)
