"""Measures of labels and posteriors against the truth.

Truth is an integer array [n_tasks] with -1 where it is unknown; such tasks are left out. A task without a label (-1)
counts as wrong. If no truth is known, a measure is 0; it is never NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.arrays import FloatArray

Codes = npt.NDArray[np.integer[Any]]

# Lower bound of probabilities, so that one confident error cannot outweigh a thousand correct labels.
MIN_PROBABILITY = 0.001


def accuracy(label: Codes, truth: Codes) -> float:
    """Return the share of tasks with a truth whose label [n_tasks] is correct."""
    has_truth = truth >= 0
    return float(np.mean(label[has_truth] == truth[has_truth])) if has_truth.any() else 0.0


def shared_accuracy(posterior: FloatArray, truth: Codes) -> float:
    """Return the accuracy in which a tie of n labels counts 1/n if the truth is one of them.

    posterior   [n_tasks, n_labels]

    That is the expected accuracy of a random choice among them, so it does not depend on the order of the labels.
    """
    has_truth = np.flatnonzero(truth >= 0)
    if not has_truth.size:
        return 0.0
    rounded = posterior[has_truth].round(6)
    best = rounded == rounded.max(axis=1, keepdims=True)
    return float(np.mean(best[np.arange(has_truth.size), truth[has_truth]] / best.sum(axis=1)))


def macro_f1(label: Codes, truth: Codes) -> float:
    """Return the unweighted mean of F1 over the classes that are the label or the truth of a task."""
    has_truth = truth >= 0
    if not has_truth.any():
        return 0.0
    labels, truths = label[has_truth], truth[has_truth]
    classes = int(max(labels.max(), truths.max())) + 1
    hits = np.bincount(truths[labels == truths], minlength=classes)
    chosen = np.bincount(truths, minlength=classes) + np.bincount(labels[labels >= 0], minlength=classes)
    return float(np.mean(2 * hits[chosen > 0] / chosen[chosen > 0]))


def log_loss(posterior: FloatArray, truth: Codes) -> float:
    """Return the mean of -ln max(P(truth), 0.001); posterior [n_tasks, n_labels]."""
    has_truth = np.flatnonzero(truth >= 0)
    if not has_truth.size:
        return 0.0
    return float(-np.mean(np.log(np.maximum(posterior[has_truth, truth[has_truth]], MIN_PROBABILITY))))


def calibration_error(label: Codes, confidence: FloatArray, truth: Codes, *, bins: int = 10) -> float:
    """Return the expected calibration error: the mean |confidence - accuracy| over `bins` groups of equal size.

    label, confidence, truth   [n_tasks]

    Nixon, Dusenberry et al. 2019, "Measuring calibration in deep learning", section 3.3 (adaptive bins). Tasks are
    ordered by confidence (stably), and groups are weighted by their size. With a hundred tasks even perfect confidences
    have an error of about 0.1, with a thousand 0.03.
    """
    has_truth = np.flatnonzero(truth >= 0)
    if not has_truth.size:
        return 0.0
    order = has_truth[np.argsort(confidence[has_truth], kind="stable")]
    excess = confidence[order] - (label[order] == truth[order])
    return float(sum(abs(group.sum()) for group in np.array_split(excess, bins)) / has_truth.size)
