"""Estimate the accuracy of workers with an interval, from sums that add up over days, jobs and workers.

Without gold, an answer i is correct with the probability p_i that the consolidation method gives it. Of n answers,

    m = Σ p_i / n,    Var(m) = m (1 - m) / n  +  Σ p_i (1 - p_i) / n²  +  SHARED² m (1 - m)

The three terms are the sampling error, the uncertainty of each label, and the error that all labels of a job have in
common: people err alike, and this cannot be seen from answers alone. SHARED is measured on twenty recorded crowds with
truth; `gtcrowd bench intervals` measures the coverage of the resulting intervals.

1. The first two terms give a Beta distribution with Jeffreys' prior of 1/2 + 1/2 answers.
2. It is shrunk towards the crowd mean with the weight of CROWD answers (Gelman et al. 2013, "Bayesian data analysis",
   section 5.3, with a fixed strength). The p_i are shrunk towards the crowd already, by the method that gave them;
   estimating the strength from the spread of the workers would shrink twice and covered only 92 % at the same width.
3. The third term is added after shrinkage, because the crowd mean has the same error.
4. Gold answers update the Beta as binomial counts (ibid., section 2.4) and dominate when there are many.

The estimate is exposed to the classes as the worker was: a worker with more objects of a hard class is measured on more
of them. `categories` compares workers at equal mixes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

FloatArray = npt.NDArray[np.float64]

SHARED = 0.17
"""Standard deviation of the common error of a job's labels, in standard deviations of one answer. Chosen on all twenty
sets at once; leaving out any one of them changes it by less than 0.01 (docs/analytics.md)."""
OPTIMISM = 0.05
"""Bias of m in log-odds: labels favor the answers that they are made of. Mean over the same sets."""
CROWD = 2.0
"""Weight of the crowd mean, in answers."""
LEAST, MOST = 0.005, 0.995


@dataclass(frozen=True, eq=False)
class Estimate:
    """Posterior mean `accuracy`, 95 % interval `low`, `high`, number of answers `n`, all [n]; and the `crowd` mean."""

    accuracy: FloatArray
    low: FloatArray
    high: FloatArray
    n: npt.NDArray[np.int64]
    crowd: float


def estimate(
    *,
    scored: npt.ArrayLike,
    expected_correct: npt.ArrayLike,
    variance: npt.ArrayLike,
    gold: npt.ArrayLike,
    gold_right: npt.ArrayLike,
    pooled: bool = True,
    level: float = 0.95,
) -> Estimate:
    """Estimate the accuracy of each worker, or of any other group of answers.

    scored            [n]  number of answers to labeled objects
    expected_correct  [n]  Σ p_i over them
    variance          [n]  Σ p_i (1 - p_i) over them
    gold, gold_right  [n]  number of gold answers, and of correct ones
    pooled            shrink towards the crowd; False for groups that are not a sample of one crowd, such as days
    level             probability of the interval

    NaN for a group with neither scored nor gold answers.
    """
    n, n_gold, right = (np.asarray(counts, dtype=np.float64) for counts in (scored, gold, gold_right))
    uncertainty = np.asarray(variance, dtype=np.float64)
    mean = np.divide(np.asarray(expected_correct, np.float64), n, out=np.full(n.shape, 0.5), where=n > 0)
    mean = special.expit(special.logit(np.clip(mean, LEAST, MOST)) - OPTIMISM)
    single = mean * (1 - mean)
    # The effective number of gold answers: smaller than n by the uncertainty of the labels.
    size = np.divide(n * single, single + np.divide(uncertainty, n, out=np.zeros(n.shape), where=n > 0))
    a, b = mean * size, (1 - mean) * size
    crowd = float(a.sum() / (a + b).sum()) if size.sum() > 0 else 0.5
    strength = CROWD if pooled else 0.0
    a, b = a + strength * crowd + 0.5, b + strength * (1 - crowd) + 0.5
    # The crowd mean has the common error as well, so it is added after shrinkage.
    mean = a / (a + b)
    size = 1 / (1 / (a + b + 1) + SHARED**2) - 1
    a, b = mean * size, (1 - mean) * size
    a, b = a + right, b + (n_gold - right)
    defined = (n > 0) | (n_gold > 0)
    tail = (1 - level) / 2
    values = [a / (a + b), special.betaincinv(a, b, tail), special.betaincinv(a, b, 1 - tail)]
    accuracy, low, high = (np.where(defined, value, np.nan) for value in values)
    return Estimate(accuracy, low, high, (n + n_gold).astype(np.int64), crowd)
