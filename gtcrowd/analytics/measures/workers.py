"""Compute the metrics of workers, teams, vendors, jobs and days from totals; every share has its n and interval.

Functions take a frame with the columns of gtcrowd.analytics.frames.totals and return it with more columns. Undefined
values are NaN.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from gtcrowd.analytics.measures import accuracy
from gtcrowd.consolidation.intervals import credible_interval

FEW = 20
"""An accuracy with fewer answers is marked as preliminary."""
FloatArray = npt.NDArray[np.float64]


def measured(totals: pd.DataFrame, *, pooled: bool = True) -> pd.DataFrame:
    """Add all metrics of definitions.py that follow from totals.

    accuracy, low, high, n, few (see `rated`); agreement, agreement_low, agreement_high; gold_accuracy, gold_low,
    gold_high; truth_accuracy; return_rate, decline_rate, expire_rate (of accepted tasks that have ended); late_rate;
    mean_seconds; per_hour and active_per_hour (dollars).
    """
    frame = rated(totals, pooled=pooled)
    for name, right, of in (
        ("agreement", frame["agreement_sum"], frame["compared"]), ("gold", frame["gold_right"], frame["gold_n"]),
    ):  # fmt: skip
        share = "agreement" if name == "agreement" else "gold_accuracy"
        frame[share], frame[f"{name}_low"], frame[f"{name}_high"] = _share(right, of)
    frame["truth_accuracy"] = _ratio(frame["truth_right"], frame["truth_n"])
    taken = frame[["submitted", "returned", "declined", "expired"]].sum(axis=1)
    for what in ("return", "decline", "expire"):
        frame[f"{what}_rate"] = _ratio(frame[_PAST[what]], taken)
    frame["late_rate"] = _ratio(frame["late"], frame["submitted"])
    frame["mean_seconds"] = _ratio(frame["seconds"], frame["submitted"])
    frame["per_hour"] = _ratio(frame["paid"] * 3600, frame["seconds"] + frame["lost_seconds"])
    frame["active_per_hour"] = _ratio(frame["paid"] * 3600, frame["active_seconds"])
    return frame


def rated(totals: pd.DataFrame, *, pooled: bool = True) -> pd.DataFrame:
    """Add accuracy, low, high (measures.accuracy), n and few; needs only the columns of frames.compared."""
    result = accuracy.estimate(
        scored=totals["scored"], expected_correct=totals["expected_correct"],
        variance=totals["variance"], gold=totals["gold_n"],
        gold_right=totals["gold_right"], pooled=pooled,
    )  # fmt: skip
    return totals.assign(accuracy=result.accuracy, low=result.low, high=result.high, n=result.n, few=result.n < FEW)


_PAST = {"return": "returned", "decline": "declined", "expire": "expired"}


@dataclass(frozen=True)
class Numbers:
    """The key figures of a page. None where undefined."""

    objects: int
    labeled: int
    answers: int
    workers: int
    median_seconds: float | None
    accuracy: float | None
    low: float | None
    high: float | None
    measured: int
    agreement: float | None
    gold_accuracy: float | None
    gold_low: float | None
    gold_high: float | None
    gold_n: int
    paid: float
    budget: float
    per_hour: float | None


def numbers(totals: pd.DataFrame, jobs: pd.DataFrame, *, median_seconds: float) -> Numbers:
    """Return the key figures of all workers.

    totals          one row of frames.totals; without a row all counts are zero
    jobs            frames.jobs
    median_seconds  median answer time; NaN without an answer
    """
    sums = totals.iloc[0].to_dict() if len(totals) else {}
    names = (
        *SUMMED,
        "scored",
        "expected_correct",
        "variance",
        "compared",
        "agreement_sum",
        "truth_n",
        "truth_right",
        "gold_n",
        "gold_right",
    )
    whole = measured(pd.DataFrame([{name: sums.get(name, 0) for name in names}]), pooled=False).iloc[0]
    return Numbers(
        objects=int(jobs["objects"].sum()),
        labeled=int(jobs["labeled"].sum()),
        answers=int(whole["submitted"]),
        workers=int(sums.get("workers", 0)),
        median_seconds=_defined(median_seconds),
        accuracy=_defined(whole["accuracy"]),
        low=_defined(whole["low"]),
        high=_defined(whole["high"]),
        measured=int(whole["n"]),
        agreement=_defined(whole["agreement"]),
        gold_accuracy=_defined(whole["gold_accuracy"]),
        gold_low=_defined(whole["gold_low"]),
        gold_high=_defined(whole["gold_high"]),
        gold_n=int(whole["gold_n"]),
        paid=float(whole["paid"]),
        budget=float(jobs["budget"].sum()),
        per_hour=_defined(whole["per_hour"]),
    )


def together(days: pd.DataFrame, *, workers: int) -> pd.DataFrame:
    """Return one row of totals from rows of days; `workers`: number of active workers, which does not add up."""
    return days.sum(numeric_only=True).to_frame().T.assign(workers=workers)


def crowd(workers: pd.DataFrame) -> float | None:
    """Return the mean accuracy of the workers (of `rated`), weighted by answers; None if all are undefined."""
    defined = workers[workers["accuracy"].notna()]
    n = float(defined["n"].sum())
    return float((defined["accuracy"] * defined["n"]).sum() / n) if n else None


def top_up(workers: pd.DataFrame, *, target: float) -> float:
    """Return the dollars that workers (of `measured`) earned less than the hourly `target`, over all their hours."""
    hours = (workers["seconds"] + workers["lost_seconds"]).astype(float) / 3600
    below = workers["per_hour"] < target
    return float((target * hours - workers["paid"].astype(float))[below].sum())


SUMMED = (
    "submitted", "late", "extra", "returned", "declined", "expired", "seconds", "active_seconds", "active",
    "lost_seconds", "paid",
)  # fmt: skip


def every_day(
    days: pd.DataFrame, *, value: str = "submitted", group: str | None = None, most: int = 12
) -> pd.DataFrame:
    """Return `value` by day and group, float [days, groups], with zeros for days without answers.

    All but the `most` largest groups are summed as "others".
    """
    if days.empty:
        return pd.DataFrame()
    columns = days[group].astype(str) if group else pd.Series(value, index=days.index)
    table = days.assign(_group=columns).pivot_table(
        index="day", columns="_group", values=value, aggfunc="sum", fill_value=0
    )
    table.index = pd.to_datetime(table.index)
    table = table.reindex(pd.date_range(table.index.min(), table.index.max(), name="day"), fill_value=0)
    largest = table.sum().sort_values(ascending=False, kind="stable").index
    if "others" in largest:  # frames.daily has summed them already; keep them last
        largest = largest.drop("others").append(pd.Index(["others"]))
    result = table[largest[:most]].astype(float)
    if len(largest) > most:
        result["others"] = table[largest[most:]].sum(axis=1).astype(float)
    result.columns.name = None
    return result


def funnel(crowd: float, most: int, *, level: float) -> pd.DataFrame:
    """Return funnel plot limits of the accuracy of an average worker by number of answers: n, low, high.

    crowd  accuracy p of the crowd
    most   largest number of answers
    level  coverage; the limits are p ± z √(p (1 - p) / n)

    (Spiegelhalter 2005, "Funnel plots for comparing institutional performance", p. 1187, normal approximation).
    """
    n = np.unique(np.geomspace(5, max(most, 6), 60).astype(int))
    reach = float(special.ndtri((1 + level) / 2)) * np.sqrt(crowd * (1 - crowd) / n)
    return pd.DataFrame({"n": n, "low": np.clip(crowd - reach, 0, 1), "high": np.clip(crowd + reach, 0, 1)})


def top_pairs(confusion: npt.ArrayLike | None, categories: list[str], *, most: int = 10) -> pd.DataFrame:
    """Return the `most` frequent confusions: right, answered, n, share (of the answers to the right category).

    Empty for kinds without categories (`confusion` is None).
    """
    if confusion is None:
        return pd.DataFrame(columns=["right", "answered", "n", "share"])
    counts = np.asarray(confusion, dtype=np.int64)
    off = counts.copy()
    np.fill_diagonal(off, 0)
    order = np.argsort(-off, axis=None, kind="stable")[:most]
    rows, columns = np.unravel_index(order, counts.shape)
    keep = off[rows, columns] > 0
    rows, columns = rows[keep], columns[keep]
    return pd.DataFrame({
        "right": [categories[row] for row in rows], "answered": [categories[column] for column in columns],
        "n": off[rows, columns], "share": off[rows, columns] / np.maximum(counts[rows].sum(axis=1), 1),
    })  # fmt: skip


def _share(right: pd.Series, of: pd.Series) -> tuple[FloatArray, FloatArray, FloatArray]:
    share = _ratio(right, of)
    low, high = credible_interval(right.to_numpy(float), of.to_numpy(float))
    defined = of.to_numpy() > 0
    return share, np.where(defined, np.minimum(low, share), np.nan), np.where(defined, np.maximum(high, share), np.nan)


def _ratio(above: pd.Series, below: pd.Series) -> FloatArray:
    top, bottom = above.to_numpy(float), below.to_numpy(float)
    result: FloatArray = np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)
    return result


def _defined(value: float) -> float | None:
    return None if value is None or np.isnan(value) else float(value)
