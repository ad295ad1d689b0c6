"""Do intervals of workers' accuracy, made without the truth, hold the truth? On recorded crowds whose truth is
known."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gtcrowd import consolidation
from gtcrowd.analytics.measures import accuracy
from gtcrowd.commands import crowd_files
from gtcrowd.consolidation.categorical import table as tables
from gtcrowd.consolidation.intervals import credible_interval

LEAST = 20


@dataclass(frozen=True)
class Covered:
    """Of the `workers` with LEAST and more answers whose truth is known: the share whose accuracy lies in the
    interval, how many lie `below` and `above` it, the mean `width`, and that of the interval of somebody who knew the
    truth of the same answers (`known`); `bias`: mean of estimate less truth."""

    set: str
    workers: int
    covered: float
    below: float
    above: float
    width: float
    known: float
    bias: float

    @property
    def ratio(self) -> float:
        """Width by that of an interval made with the truth."""
        return self.width / self.known if self.known else float("nan")


def measure(folder: Path) -> Covered:
    """Raises crowd_files.FolderRefused."""
    recording = crowd_files.read(folder)
    frame = pd.DataFrame([(one.task, one.worker, one.label) for one in recording.answers], columns=tables.COLUMNS)
    coded = tables.from_frame(frame, labels=recording.labels)
    table = coded.table
    found = consolidation.consolidate("hierarchical", table)
    place = {label: code for code, label in enumerate(coded.labels)}
    truth = np.array([place[recording.truth[task]] if task in recording.truth else -1 for task in coded.tasks])
    p = found.class_posterior[table.task, table.label]

    def sums(weight: Any) -> Any:
        return np.bincount(table.worker, weight, table.n_workers)

    nothing = np.zeros(table.n_workers)
    estimate = accuracy.estimated(
        scored=table.answers_per_worker(),
        expected_correct=sums(p),
        variance=sums(p * (1 - p)),
        known=nothing,
        known_right=nothing,
    )
    known = truth[table.task] >= 0
    n, right = sums(known.astype(float)), sums((known & (truth[table.task] == table.label)).astype(float))
    chosen = n >= LEAST
    share = right[chosen] / n[chosen]
    low, high = estimate.low[chosen], estimate.high[chosen]
    with_truth = credible_interval(right[chosen], n[chosen])
    count = int(chosen.sum())
    return Covered(
        set=recording.name,
        workers=count,
        covered=float(((low <= share) & (share <= high)).mean()) if count else float("nan"),
        below=float((share < low).mean()) if count else float("nan"),
        above=float((share > high).mean()) if count else float("nan"),
        width=float((high - low).mean()) if count else float("nan"),
        known=float((with_truth[1] - with_truth[0]).mean()) if count else float("nan"),
        bias=float((estimate.accuracy[chosen] - share).mean()) if count else float("nan"),
    )


def together(rows: list[Covered]) -> Covered:
    """All workers of all sets."""
    there = [row for row in rows if row.workers]
    total = sum(row.workers for row in there)

    def mean(name: str) -> float:
        return sum(getattr(row, name) * row.workers for row in there) / total if total else float("nan")

    names = ("covered", "below", "above", "width", "known", "bias")
    return Covered("all workers", total, **{name: mean(name) for name in names})
