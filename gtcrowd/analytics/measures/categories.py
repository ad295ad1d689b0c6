"""Measure recall and precision per category from confusion matrices.

With counts C[k, l] of answers l to objects whose reference (the gold answer, else the truth, else the label) is k:

    recall(k)    = C[k, k] / Σ_l C[k, l]
    precision(k) = C[k, k] / Σ_l C[l, k]

with Jeffreys' 95 % interval (gtcrowd.consolidation.intervals), which covers the sampling error only: without gold or
truth, the reference is uncertain as well. A worker's recall is shrunk towards the crowd's r(k) by a Beta prior worth
CROWD answers (Gelman et al. 2013, "Bayesian data analysis", section 2.4). Workers with different objects are compared
by direct standardization (Fleiss, Levin, Paik 2003, "Statistical methods for rates and proportions", section 19.3):

    accuracy = Σ_k w(k) recall(k),    w(k): share of category k in the job

Undefined values are NaN.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from gtcrowd.analytics.measures.accuracy import CROWD
from gtcrowd.consolidation.intervals import credible_interval

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Mixed:
    """A worker's accuracy standardized to the job's mix of categories.

    `share`, `low`, `high`: Σ_k w(k) recall(k) with its 95 % interval; `as_given`: accuracy at the mix of the worker's
    own objects, without shrinkage; `n`: number of answers. All but `n` are None without an answer.
    """

    share: float | None
    low: float | None
    high: float | None
    as_given: float | None
    n: int


def by_category(confusion: npt.ArrayLike, categories: list[Any]) -> pd.DataFrame:
    """Return recall and precision with intervals, one row per category.

    confusion   [categories, categories]  rows: reference, columns: answer
    categories  their names

    category, n (answers to objects of the category), right, recall, low, high; answered (answers that name it),
    precision, precision_low, precision_high.
    """
    counts = np.asarray(confusion, dtype=np.float64)
    right, n, answered = np.diagonal(counts), counts.sum(axis=1), counts.sum(axis=0)
    recall, low, high = _share(right, n)
    precision, precision_low, precision_high = _share(right, answered)
    return pd.DataFrame({
        "category": [str(name) for name in categories], "n": n.astype(int), "right": right.astype(int),
        "recall": recall, "low": low, "high": high, "answered": answered.astype(int), "precision": precision,
        "precision_low": precision_low, "precision_high": precision_high,
    })  # fmt: skip


def of_worker(own: npt.ArrayLike, crowd: npt.ArrayLike, categories: list[Any]) -> tuple[pd.DataFrame, Mixed]:
    """Compare a worker with the crowd, one row per category, and standardize the worker's accuracy.

    own, crowd  [categories, categories]  confusion of the worker, and of the whole job

    category, n, right, recall (shrunk towards the crowd's), low, high, recall_raw, crowd (its recall), mix (w, the
    share of the category in the job). A category without any answer has no recall and no weight.
    """
    worker, everybody = by_category(own, categories), by_category(crowd, categories)
    n, right = worker["n"].to_numpy(float), worker["right"].to_numpy(float)
    crowd_recall, total = everybody["recall"].to_numpy(float), everybody["n"].to_numpy(float)
    a, b = right + CROWD * crowd_recall, n - right + CROWD * (1 - crowd_recall)
    recall, low, high = _share(a, a + b)
    mix = total / max(total.sum(), 1)
    frame = pd.DataFrame({
        "category": worker["category"], "n": worker["n"], "right": worker["right"], "recall": recall, "low": low,
        "high": high, "recall_raw": worker["recall"], "crowd": crowd_recall, "mix": mix,
    })  # fmt: skip
    return frame, _mixed(a, b, mix, right=right, n=n)


def _mixed(a: FloatArray, b: FloatArray, mix: FloatArray, *, right: FloatArray, n: FloatArray) -> Mixed:
    if not n.sum():
        return Mixed(None, None, None, None, 0)
    present = mix > 0
    a, b, mix = a[present], b[present], mix[present]
    mean = float((mix * a / (a + b)).sum())
    # The interval is that of a Beta distribution with the mean and variance of the sum, with Jeffreys' prior per term.
    center = float((mix * (a + 0.5) / (a + b + 1)).sum())
    variance = float((mix**2 * (a + 0.5) * (b + 0.5) / ((a + b + 1) ** 2 * (a + b + 2))).sum())
    size = center * (1 - center) / variance - 1
    low, high = (float(special.betaincinv(center * size, (1 - center) * size, end)) for end in (0.025, 0.975))
    return Mixed(mean, min(low, mean), max(high, mean), float(right.sum() / n.sum()), int(n.sum()))


def _share(right: FloatArray, of: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    present = of > 0
    share = np.divide(right, of, out=np.full(len(of), np.nan), where=present)
    low, high = credible_interval(np.where(present, right, 0), np.where(present, of, 0))
    return share, np.where(present, np.minimum(low, share), np.nan), np.where(present, np.maximum(high, share), np.nan)
