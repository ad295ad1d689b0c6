"""Credible intervals of proportions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from gtcrowd.consolidation.arrays import FloatArray


def credible_interval(
    correct: npt.ArrayLike, n: npt.ArrayLike, *, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Return the lower and upper bound of the central Jeffreys interval of a proportion.

    correct, n   successes and trials, arrays of one shape or numbers; both may be fractions
    level        probability that the interval covers

    The bounds are the (1 - level) / 2 and (1 + level) / 2 quantiles of Beta(correct + 1/2, n - correct + 1/2) (Brown,
    Cai, DasGupta 2001, "Interval estimation for a binomial proportion", p. 108). With n = 0 that is the interval of
    the prior, so a bound is never NaN.
    """
    successes, trials = np.asarray(correct, dtype=np.float64), np.asarray(n, dtype=np.float64)
    # Expected counts are sums of probabilities and may leave [0, n] by rounding.
    a = np.clip(successes, 0, trials) + 0.5
    b, tail = trials + 1 - a, (1 - level) / 2
    low, high = special.betaincinv(a, b, tail), special.betaincinv(a, b, 1 - tail)
    return np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
