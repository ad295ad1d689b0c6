"""How long answers take: counts in classes of time, which can be added up over days, workers and jobs.

A class is a quarter of an octave wide (19 %), from a quarter of a second to four and a half hours; within it answers
are taken to lie evenly on the logarithmic scale, so that a percentile is off by a few percent at most."""

import numpy as np
import numpy.typing as npt

CLASSES = 64
HOURS = 24
LEAST_SECONDS = 0.25
PER_OCTAVE = 4
STORED, SUMMED = np.dtype(">u2"), np.dtype(">u4")
"""As the database keeps a count of a day, and of many: unsigned, 16 and 32 bits, the highest byte first."""

Counts = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


def classes(seconds: npt.ArrayLike) -> Counts:
    """The class of each time; what is shorter or longer than all classes counts in the first or the last."""
    with np.errstate(divide="ignore"):
        place = np.floor(np.log2(np.asarray(seconds, dtype=np.float64) / LEAST_SECONDS) * PER_OCTAVE)
    return np.clip(place, 0, CLASSES - 1).astype(np.int64)


def unpacked(stored: list[bytes], *, size: int = CLASSES) -> Counts:
    """Counts as rows, [rows, size], from what the database keeps."""
    return np.frombuffer(b"".join(map(bytes, stored)), dtype=STORED).reshape(-1, size).astype(np.int64)


def percentile(counts: npt.ArrayLike, share: float) -> FloatArray:
    """Seconds within which that share of the answers was given, for each row of counts [..., CLASSES].

    NaN for a row without answers.
    """
    given = np.asarray(counts, dtype=np.float64)
    total = given.sum(axis=-1)
    upto = given.cumsum(axis=-1)
    wanted = total * share
    # The first class by whose end the share is reached; an empty class before it has the same sum and is passed over.
    place = np.minimum((upto < wanted[..., None]).sum(axis=-1), CLASSES - 1)
    inside = np.take_along_axis(given, place[..., None], axis=-1)[..., 0]
    before = np.take_along_axis(upto, place[..., None], axis=-1)[..., 0] - inside
    part = np.divide(wanted - before, inside, out=np.full(np.shape(total), 0.5), where=inside > 0)
    seconds = LEAST_SECONDS * 2 ** ((place + np.clip(part, 0, 1)) / PER_OCTAVE)
    return np.where(total > 0, seconds, np.nan)
