"""How often workers are right, with an interval, from sums that can be added up over days, jobs and workers.

Where nothing is known for certain, an answer counts as right with the probability its label's method gives it. The mean
of these is the estimate. It is exposed to the classes as the worker was: a worker who got more of the hard class is
measured on more of it. What it may be off by has three sources, whose variances add up:

- an answer more or less could have been right: m (1 - m) / n;
- each label is in doubt by itself: the sum of p (1 - p) over the answers, by the square of their number;
- the labels of a job are off together, in one direction, since people err alike and nobody can see that from answers
  alone. On twenty recorded crowds with truth the means of workers are off by SHARED standard deviations of a single
  answer; `gtcrowd bench intervals` measures what intervals made so cover.

A Beta distribution with the mean and the first two variances is the estimate, with Jeffreys' half an answer each way.
It is drawn to the mean of the crowd by CROWD answers, so that few answers say little (Gelman et al. 2013, "Bayesian
data analysis", section 5.3, with the strength fixed). The probabilities p have been drawn to the crowd before, by the
method that gave them: drawing harder, by as much as the spread of the workers suggests, did it twice and covered 92 %
at the same width. The shared doubt is added after that. Known objects then count as what they are, so many right of so
many: they update the Beta (ibid., section 2.4), and with enough of them nothing else matters."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

FloatArray = npt.NDArray[np.float64]

SHARED = 0.17
"""How far the labels of a job may be off together, in standard deviations of one answer. Chosen on all twenty sets at
once; leaving any of them out changes it by less than 0.01 (docs/analytics.md)."""
OPTIMISM = 0.05
"""By how much, in log-odds, labels flatter those whose answers they are made of, on average over the same sets."""
CROWD = 2.0
"""Answers that the mean of the crowd is worth."""
LEAST, MOST = 0.005, 0.995


@dataclass(frozen=True, eq=False)
class Estimate:
    """`accuracy`, `low`, `high` [n]: mean and 95 % interval; `n`: answers they rest on; `crowd`: the crowd's mean."""

    accuracy: FloatArray
    low: FloatArray
    high: FloatArray
    n: npt.NDArray[np.int64]
    crowd: float


def estimated(
    *,
    scored: npt.ArrayLike,
    expected_correct: npt.ArrayLike,
    variance: npt.ArrayLike,
    known: npt.ArrayLike,
    known_right: npt.ArrayLike,
    pooled: bool = True,
    level: float = 0.95,
) -> Estimate:
    """Accuracy of each worker (or of any other group of answers), all parameters [n].

    scored: answers with a label; expected_correct, variance: sums over them of p and of p (1 - p), where p is the
    probability that the answer is right; known, known_right: answers to known objects, and those that are right. With
    `pooled` off the estimates are not drawn to the crowd: for groups that are no sample of one crowd, such as days.

    Undefined (NaN) where there is neither an answer with a label nor one to a known object.
    """
    n, of_known, right = (np.asarray(one, dtype=np.float64) for one in (scored, known, known_right))
    sure = np.asarray(variance, dtype=np.float64)
    mean = np.divide(np.asarray(expected_correct, np.float64), n, out=np.full(n.shape, 0.5), where=n > 0)
    mean = special.expit(special.logit(np.clip(mean, LEAST, MOST)) - OPTIMISM)
    single = mean * (1 - mean)
    # So many answers to known objects would say as much: fewer than n by as much as the labels are in doubt.
    worth = np.divide(n * single, single + np.divide(sure, n, out=np.zeros(n.shape), where=n > 0))
    a, b = mean * worth, (1 - mean) * worth
    crowd = float(a.sum() / (a + b).sum()) if worth.sum() > 0 else 0.5
    drawn = CROWD if pooled else 0.0
    a, b = a + drawn * crowd + 0.5, b + drawn * (1 - crowd) + 0.5
    # What the labels are off by together is the crowd's as well, so that it comes after drawing to the crowd.
    mean = a / (a + b)
    size = 1 / (1 / (a + b + 1) + SHARED**2) - 1
    a, b = mean * size, (1 - mean) * size
    a, b = a + right, b + (of_known - right)
    defined = (n > 0) | (of_known > 0)
    tail = (1 - level) / 2
    found = [a / (a + b), special.betaincinv(a, b, tail), special.betaincinv(a, b, 1 - tail)]
    accuracy, low, high = (np.where(defined, one, np.nan) for one in found)
    return Estimate(accuracy, low, high, (n + of_known).astype(np.int64), crowd)
