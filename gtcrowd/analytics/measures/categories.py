"""How often answers are right category by category, from confusions: counts with rows what is right (what is known,
else the truth, else the job's label) and columns what was answered.

    recall of c       of the answers to objects that are c, the share that say c
    precision of c    of the answers that say c, the share to objects that are c

with Jeffreys' 95 % interval (gtcrowd.consolidation.intervals), which is of chance only: where nothing is known the
labels are in doubt as well. What a worker's few answers of a category say is drawn to the crowd: a Beta distribution
worth CROWD answers with the crowd's recall comes before them (Gelman et al. 2013, "Bayesian data analysis", section
2.4). Two workers who were given different objects are compared at the same mix of categories by direct standardization
(Fleiss, Levin, Paik 2003, "Statistical methods for rates and proportions", section 19.3): the sum over the categories
of the crowd's share of it times the worker's recall. Undefined is NaN."""

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
    """`share`: how often the worker would be right with the crowd's mix of categories, with its 95 % interval; `n`:
    answers it rests on; `as_given`: with the mix of the own objects, not drawn to the crowd. None without an answer."""

    share: float | None
    low: float | None
    high: float | None
    as_given: float | None
    n: int


def by_category(confusion: npt.ArrayLike, categories: list[Any]) -> pd.DataFrame:
    """A row a category: category, n (answers to objects of it), right, recall, low, high; answered (answers that say
    it), precision, precision_low, precision_high."""
    counts = np.asarray(confusion, dtype=np.float64)
    right, n, answered = np.diagonal(counts), counts.sum(axis=1), counts.sum(axis=0)
    recall, low, high = _share(right, n)
    precision, least, most = _share(right, answered)
    return pd.DataFrame({
        "category": [str(name) for name in categories], "n": n.astype(int), "right": right.astype(int),
        "recall": recall, "low": low, "high": high, "answered": answered.astype(int), "precision": precision,
        "precision_low": least, "precision_high": most,
    })  # fmt: skip


def of_worker(own: npt.ArrayLike, crowd: npt.ArrayLike, categories: list[Any]) -> tuple[pd.DataFrame, Mixed]:
    """A worker's confusion beside the whole job's: a row a category: category, n, right, recall (drawn to the crowd's),
    low, high, recall_raw, crowd (its recall), mix (its share of the objects); and what follows for the crowd's mix.

    A category that the crowd had no answer to has no recall of either, and no part in the mix.
    """
    mine, all_ = by_category(own, categories), by_category(crowd, categories)
    n, right = mine["n"].to_numpy(float), mine["right"].to_numpy(float)
    typical, total = all_["recall"].to_numpy(float), all_["n"].to_numpy(float)
    a, b = right + CROWD * typical, n - right + CROWD * (1 - typical)
    recall, low, high = _share(a, a + b)
    mix = total / max(total.sum(), 1)
    frame = pd.DataFrame({
        "category": mine["category"], "n": mine["n"], "right": mine["right"], "recall": recall, "low": low,
        "high": high, "recall_raw": mine["recall"], "crowd": typical, "mix": mix,
    })  # fmt: skip
    return frame, _mixed(a, b, mix, right=right, n=n)


def _mixed(a: FloatArray, b: FloatArray, mix: FloatArray, *, right: FloatArray, n: FloatArray) -> Mixed:
    if not n.sum():
        return Mixed(None, None, None, None, 0)
    there = mix > 0
    a, b, mix = a[there], b[there], mix[there]
    mean = float((mix * a / (a + b)).sum())
    # The Beta distribution with the mean and the variance of the sum, half an answer added each way as for one share.
    half = float((mix * (a + 0.5) / (a + b + 1)).sum())
    spread = float((mix**2 * (a + 0.5) * (b + 0.5) / ((a + b + 1) ** 2 * (a + b + 2))).sum())
    worth = half * (1 - half) / spread - 1
    low, high = (float(special.betaincinv(half * worth, (1 - half) * worth, end)) for end in (0.025, 0.975))
    return Mixed(mean, min(low, mean), max(high, mean), float(right.sum() / n.sum()), int(n.sum()))


def _share(right: FloatArray, of: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    there = of > 0
    share = np.divide(right, of, out=np.full(len(of), np.nan), where=there)
    low, high = credible_interval(np.where(there, right, 0), np.where(there, of, 0))
    return share, np.where(there, np.minimum(low, share), np.nan), np.where(there, np.maximum(high, share), np.nan)
