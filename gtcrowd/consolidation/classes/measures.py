"""How good a conclusion is against known truth.

Truth is an integer array [n_tasks] with -1 where it is not known; such tasks are left out. A task without a
conclusion (label -1) counts as wrong. Where no truth is known at all, there is nothing to measure and the measure
is 0; it is never NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.classes.table import FloatArray

Codes = npt.NDArray[np.integer[Any]]

# No probability counts as less than this, so that one confident error cannot outweigh a thousand good answers.
LEAST_PROBABILITY = 0.001


def accuracy(label: Codes, truth: Codes) -> float:
    """Share of the tasks with known truth whose label is right."""
    known = truth >= 0
    return float(np.mean(label[known] == truth[known])) if known.any() else 0.0


def shared_accuracy(posterior: FloatArray, truth: Codes) -> float:
    """Accuracy in which a tie of n labels counts 1/n where the truth is one of them; posterior [n_tasks, n_labels].

    It is what a fair draw among them would reach on average, and so does not depend on the order of the labels.
    """
    known = np.flatnonzero(truth >= 0)
    if not known.size:
        return 0.0
    rounded = posterior[known].round(6)
    best = rounded == rounded.max(axis=1, keepdims=True)
    return float(np.mean(best[np.arange(known.size), truth[known]] / best.sum(axis=1)))


def macro_f1(label: Codes, truth: Codes) -> float:
    """Mean over the classes, each the same weight, of F1; a class counts if it was concluded or is true."""
    known = truth >= 0
    if not known.any():
        return 0.0
    given, right = label[known], truth[known]
    classes = int(max(given.max(), right.max())) + 1
    hits = np.bincount(right[given == right], minlength=classes)
    chosen = np.bincount(right, minlength=classes) + np.bincount(given[given >= 0], minlength=classes)
    return float(np.mean(2 * hits[chosen > 0] / chosen[chosen > 0]))


def log_loss(posterior: FloatArray, truth: Codes) -> float:
    """Mean of -ln of the probability given to the truth, clipped below at 0.001; posterior [n_tasks, n_labels]."""
    known = np.flatnonzero(truth >= 0)
    if not known.size:
        return 0.0
    return float(-np.mean(np.log(np.maximum(posterior[known, truth[known]], LEAST_PROBABILITY))))


def calibration_error(label: Codes, confidence: FloatArray, truth: Codes, *, bins: int = 10) -> float:
    """Expected calibration error: mean distance of confidence and accuracy, over groups of equal size.

    Nixon, Dusenberry et al. 2019, "Measuring calibration in deep learning", section 3.3 (adaptive bins). The tasks are
    ordered by confidence (equal ones as in the table) and cut into `bins` groups, each of which counts by its size.
    With a hundred tasks even perfect confidences measure about 0.1, with a thousand 0.03.
    """
    known = np.flatnonzero(truth >= 0)
    if not known.size:
        return 0.0
    order = known[np.argsort(confidence[known], kind="stable")]
    excess = confidence[order] - (label[order] == truth[order])
    return float(sum(abs(group.sum()) for group in np.array_split(excess, bins)) / known.size)
