"""Whether confidences keep their word: of the labels said to be sure to 90 %, nine in ten should be right."""

from typing import Any

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.intervals import credible_interval

BINS = 10
FEW = 50
"""With fewer labels whose truth is known than this, a calibration error is mostly chance."""


def reliability(pairs: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Confidence beside accuracy, in ten bins of equal width.

    pairs [n, 2]: the confidence of a label, and 1 if it is right. Gives `n`, `ece`: expected calibration error, the
    mean distance of accuracy from confidence over the bins, each weighing by its labels (Naeini, Cooper, Hauskrecht
    2015, "Obtaining well calibrated probabilities using Bayesian binning", p. 2903); None without any label of known
    truth; `few`: whether that is too few to say much; and `bins`: low, high, n, confidence (mean), right, accuracy,
    and the 95 % interval of the accuracy; empty bins are left out."""
    n = len(pairs)
    if not n:
        return {"n": 0, "ece": None, "few": True, "bins": []}
    place = np.minimum((pairs[:, 0] * BINS).astype(int), BINS - 1)
    counts = np.bincount(place, minlength=BINS)
    sure = np.bincount(place, pairs[:, 0], BINS)
    right = np.bincount(place, pairs[:, 1], BINS)
    low, high = credible_interval(right, counts)
    bins = [
        {
            "low": bin_ / BINS, "high": (bin_ + 1) / BINS, "n": int(counts[bin_]),
            "confidence": round(float(sure[bin_] / counts[bin_]), 6), "right": int(right[bin_]),
            "accuracy": round(float(right[bin_] / counts[bin_]), 6),
            "least": round(float(low[bin_]), 6), "most": round(float(high[bin_]), 6),
        }
        for bin_ in np.flatnonzero(counts).tolist()
    ]  # fmt: skip
    ece = float(np.abs(sure - right).sum() / n)
    return {"n": n, "ece": round(ece, 6), "few": n < FEW, "bins": bins}
