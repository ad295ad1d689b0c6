"""Count answer times in a histogram that adds up over days, workers and jobs.

A bin is a quarter of an octave wide (19 %); the bins reach from a quarter of a second to four and a half hours. Within
a bin, times are interpolated evenly on the logarithmic scale, so percentiles are accurate to a few percent.
"""

import numpy as np
import numpy.typing as npt

CLASSES = 64
HOURS = 24
LEAST_SECONDS = 0.25
PER_OCTAVE = 4
STORED, SUMMED = np.dtype(">u2"), np.dtype(">u4")
"""Stored counts of a day and of a sum of days: unsigned, 16 and 32 bits, big-endian."""

Counts = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


def classes(seconds: npt.ArrayLike) -> Counts:
    """Return the bin of each time in seconds; shorter and longer times go into the first and the last bin."""
    with np.errstate(divide="ignore"):
        bin_ = np.floor(np.log2(np.asarray(seconds, dtype=np.float64) / LEAST_SECONDS) * PER_OCTAVE)
    result: Counts = np.clip(bin_, 0, CLASSES - 1).astype(np.int64)
    return result


def unpacked(stored: list[bytes], *, size: int = CLASSES) -> Counts:
    """Decode stored counts of days into rows, [rows, size]."""
    return np.frombuffer(b"".join(map(bytes, stored)), dtype=STORED).reshape(-1, size).astype(np.int64)


def percentile(counts: npt.ArrayLike, share: float) -> FloatArray:
    """Return the seconds below which a `share` of the answers lies, [...]; NaN for a row without answers.

    counts  [..., CLASSES]  answers by bin
    """
    values = np.asarray(counts, dtype=np.float64)
    total = values.sum(axis=-1)
    cumulative = values.cumsum(axis=-1)
    target = total * share
    # The first bin whose cumulative count reaches the target; an empty bin before it has the same sum and is skipped.
    bin_ = np.minimum((cumulative < target[..., None]).sum(axis=-1), CLASSES - 1)
    inside = np.take_along_axis(values, bin_[..., None], axis=-1)[..., 0]
    before = np.take_along_axis(cumulative, bin_[..., None], axis=-1)[..., 0] - inside
    fraction = np.divide(target - before, inside, out=np.full(np.shape(total), 0.5), where=inside > 0)
    seconds = LEAST_SECONDS * 2 ** ((bin_ + np.clip(fraction, 0, 1)) / PER_OCTAVE)
    return np.where(total > 0, seconds, np.nan)
