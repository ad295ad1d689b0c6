"""How wide the doubt in an estimate is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

FloatArray = npt.NDArray[np.float64]


def credible_interval(
    correct: npt.ArrayLike, n: npt.ArrayLike, *, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Low and high end of the central Jeffreys interval of a share, `correct` of `n`; both may be fractions.

    Brown, Cai, DasGupta 2001, "Interval estimation for a binomial proportion", p. 108: quantiles of
    Beta(correct + 1/2, n - correct + 1/2). With n = 0 that is the interval of the prior, so never NaN.
    """
    right, of = np.asarray(correct, dtype=np.float64), np.asarray(n, dtype=np.float64)
    # Expected counts are sums of probabilities and may stick out of [0, n] by rounding.
    a = np.clip(right, 0, of) + 0.5
    b, tail = of + 1 - a, (1 - level) / 2
    low, high = special.betaincinv(a, b, tail), special.betaincinv(a, b, 1 - tail)
    return np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
