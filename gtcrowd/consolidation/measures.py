"""How good conclusions are, where the truth is known. Truth is int [tasks], -1 where it is not known."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gtcrowd.consolidation.conclusion import Floats

CLIP = 0.001
"""Probabilities below this count as this: one sure mistake must not decide a log-loss alone."""


def accuracy(label: NDArray[Any], truth: NDArray[Any]) -> float:
    """Share of right labels among the tasks whose truth is known; 0 if there are none."""
    known = truth >= 0
    return float((label[known] == truth[known]).mean()) if known.any() else 0.0


def shared_accuracy(posterior: Floats, truth: NDArray[Any]) -> float:
    """Accuracy in which a tie of n likeliest labels counts 1/n where the truth is among them; 0 if none is known.

    It is what a fair draw among them would reach on average, and so does not depend on the order of the labels.
    """
    known = np.flatnonzero(truth >= 0)
    if not len(known):
        return 0.0
    best = posterior[known].round(6) == posterior[known].round(6).max(axis=1, keepdims=True)
    return float((best[np.arange(len(known)), truth[known]] / best.sum(axis=1)).mean())


def macro_f1(label: NDArray[Any], truth: NDArray[Any]) -> float:
    """Mean over the true classes of the harmonic mean of precision and recall."""
    known = truth >= 0
    given, right = label[known], truth[known]
    scores = []
    for one in np.unique(right):
        hits = ((given == one) & (right == one)).sum()
        scores.append(2 * hits / ((given == one).sum() + (right == one).sum()))
    return float(np.mean(scores)) if scores else 0.0


def log_loss(posterior: Floats, truth: NDArray[Any]) -> float:
    """Mean negative log-probability of the truth, probabilities clipped at 0.001; 0 if no truth is known."""
    known = np.flatnonzero(truth >= 0)
    chances = posterior[known, truth[known]]
    return float(-np.log(np.clip(chances, CLIP, 1)).mean()) if len(known) else 0.0
