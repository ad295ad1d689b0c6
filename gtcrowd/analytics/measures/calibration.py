"""Measure whether confidences are calibrated: of the labels with confidence 90 %, nine in ten should be correct."""

from typing import TypedDict

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.intervals import credible_interval

BINS = 10
FEW = 50
"""With fewer labels of known truth, the calibration error is mostly chance."""


class ReliabilityBin(TypedDict):
    """A bin of `reliability`."""

    low: float
    high: float
    n: int
    confidence: float
    right: int
    accuracy: float
    least: float
    most: float


class Reliability(TypedDict):
    """Confidence against accuracy (`reliability`)."""

    n: int
    ece: float | None
    few: bool
    bins: list[ReliabilityBin]


def reliability(pairs: npt.NDArray[np.float64]) -> Reliability:
    """Compare confidence and accuracy in ten bins of equal width.

    pairs  [n, 2]  the confidence of a label, and 1 if it is correct, else 0

    Returns
    n     number of labels
    ece   expected calibration error Σ_b (n_b / n) |accuracy_b - confidence_b| (Naeini, Cooper, Hauskrecht 2015,
          "Obtaining well calibrated probabilities using Bayesian binning", p. 2903); None if n is 0
    few   whether n < FEW
    bins  non-empty bins: low, high, n, confidence (mean), right, accuracy, least and most (95 % interval of accuracy)
    """
    n = len(pairs)
    if not n:
        return {"n": 0, "ece": None, "few": True, "bins": []}
    index = np.minimum((pairs[:, 0] * BINS).astype(int), BINS - 1)
    counts = np.bincount(index, minlength=BINS)
    confidence = np.bincount(index, pairs[:, 0], BINS)
    right = np.bincount(index, pairs[:, 1], BINS)
    low, high = credible_interval(right, counts)
    bins: list[ReliabilityBin] = [
        {
            "low": bin_ / BINS, "high": (bin_ + 1) / BINS, "n": int(counts[bin_]),
            "confidence": round(float(confidence[bin_] / counts[bin_]), 6), "right": int(right[bin_]),
            "accuracy": round(float(right[bin_] / counts[bin_]), 6),
            "least": round(float(low[bin_]), 6), "most": round(float(high[bin_]), 6),
        }
        for bin_ in np.flatnonzero(counts).tolist()
    ]  # fmt: skip
    ece = float(np.abs(confidence - right).sum() / n)
    return {"n": n, "ece": round(ece, 6), "few": n < FEW, "bins": bins}
