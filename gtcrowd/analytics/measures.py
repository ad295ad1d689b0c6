"""Frames into measures: pure functions, with n and an interval wherever a share is given."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gtcrowd.consolidation.intervals import credible_interval

LEAST_TRUTH = 10
"""From so many answers with known truth on, accuracy is measured by the truth; with fewer, by the consensus."""
FEW = 20
"""With fewer answers than this an accuracy is drawn hollow: it says little yet."""


@dataclass(frozen=True)
class Numbers:
    """The row of numbers above the figures. Accuracy is None where there is nothing to measure by."""

    objects: int
    labeled: int
    answers: int
    workers: int
    median_seconds: float | None
    accuracy: float | None
    low: float | None
    high: float | None
    measured: int
    paid: float
    per_hour: float | None


def accuracy(workers: pd.DataFrame) -> pd.DataFrame:
    """A row a worker, the surest good one last: worker, answers, n, right, accuracy, low, high, reference, few.

    `reference` is "truth" where at least LEAST_TRUTH of the worker's answers have a known truth, otherwise
    "consensus", which is the job's own label and has the worker's answer in it. The interval is the 95 %
    credible one under Jeffreys' prior. Workers with nothing to measure by are left out.
    """
    by_truth = workers["truth_n"] >= LEAST_TRUTH
    n = workers["truth_n"].where(by_truth, workers["consensus_n"]).astype(int)
    right = workers["truth_right"].where(by_truth, workers["consensus_right"]).astype(int)
    frame = workers[["worker_id", "worker", "answers"]].assign(
        n=n, right=right, reference=np.where(by_truth, "truth", "consensus")
    )
    frame = frame[frame["n"] > 0].copy()
    low, high = credible_interval(frame["right"].to_numpy(float), frame["n"].to_numpy(float))
    frame["accuracy"] = frame["right"] / frame["n"]
    frame["low"], frame["high"] = np.minimum(low, frame["accuracy"]), np.maximum(high, frame["accuracy"])
    frame["few"] = frame["n"] < FEW
    return frame.sort_values(["low", "worker"]).reset_index(drop=True)


def by_day(daily: pd.DataFrame, *, group: str, most: int = 12) -> pd.DataFrame:
    """Answers by day, float [days, groups]: every day from the first to the last, those without answers as zero.

    `group` is worker or team. Beyond the `most` busiest groups, the rest stand together as "others".
    """
    if daily.empty:
        return pd.DataFrame()
    table = daily.pivot_table(index="day", columns=group, values="answers", aggfunc="sum", fill_value=0)
    table.index = pd.to_datetime(table.index)
    table = table.reindex(pd.date_range(table.index.min(), table.index.max(), name="day"), fill_value=0)
    busiest = table.sum().sort_values(ascending=False, kind="stable").index
    kept = table[busiest[:most]].copy()
    if len(busiest) > most:
        kept["others"] = table[busiest[most:]].sum(axis=1)
    return kept


def cost_by_day(daily: pd.DataFrame) -> pd.Series:
    """Paid in all up to the end of each day, from the first day with answers to the last."""
    if daily.empty:
        return pd.Series(dtype=float)
    paid = daily.assign(paid=daily["paid"].astype(float)).groupby("day")["paid"].sum()
    paid.index = pd.to_datetime(paid.index)
    return paid.reindex(pd.date_range(paid.index.min(), paid.index.max(), name="day"), fill_value=0).cumsum()


def numbers(workers: pd.DataFrame, progress: pd.DataFrame) -> Numbers:
    """The numbers above the figures, from the frames by_worker and progress."""
    measured = accuracy(workers)
    n, right = int(measured["n"].sum()), int(measured["right"].sum())
    low, high = credible_interval(np.array([float(right)]), np.array([float(n)])) if n else (None, None)
    seconds, paid = float(workers["seconds_total"].sum()), float(workers["paid"].astype(float).sum())
    return Numbers(
        objects=int(progress["objects"].sum()),
        labeled=int(progress["labeled"].sum()),
        answers=int(workers["answers"].sum()),
        workers=len(workers),
        median_seconds=_weighted_median(workers["median_seconds"], workers["answers"]),
        accuracy=right / n if n else None,
        low=None if low is None else float(low[0]),
        high=None if high is None else float(high[0]),
        measured=n,
        paid=paid,
        per_hour=paid * 3600 / seconds if seconds else None,
    )


def _weighted_median(values: pd.Series, weights: pd.Series) -> float | None:
    """The median of the workers' medians, each counting as often as it has answers; None without any."""
    if not len(values):
        return None
    order = values.sort_values().index
    reached = weights.loc[order].cumsum() >= weights.sum() / 2
    return float(values.loc[order[int(np.argmax(reached.to_numpy()))]])
