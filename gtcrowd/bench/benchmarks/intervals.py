"""Measure the coverage of intervals of workers' accuracy, computed without the truth, on recorded crowds with truth."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gtcrowd import consolidation
from gtcrowd.analytics.measures import accuracy
from gtcrowd.bench import report
from gtcrowd.bench.registry import argument, benchmark
from gtcrowd.bench.report import Report
from gtcrowd.consolidation.categorical import table as tables
from gtcrowd.consolidation.intervals import credible_interval
from gtcrowd.offline import recordings

LEAST = 20


@dataclass(frozen=True)
class Coverage:
    """The intervals of the workers with at least LEAST answers of known truth.

    covered, below, above  share of workers whose accuracy lies in, below and above the interval
    width, with_truth      mean width, and mean width of the intervals computed with the truth
    bias                   mean of estimate - truth
    """

    set: str
    workers: int
    covered: float
    below: float
    above: float
    width: float
    with_truth: float
    bias: float

    @property
    def ratio(self) -> float:
        """Width relative to an interval computed with the truth."""
        return self.width / self.with_truth if self.with_truth else float("nan")


def measure(folder: Path) -> Coverage:
    """Measure one recorded crowd. Raises recordings.FolderRefused."""
    recording = recordings.read(folder)
    frame = pd.DataFrame(
        [(answer.task, answer.worker, answer.label) for answer in recording.answers], columns=tables.COLUMNS
    )
    coded = tables.from_frame(frame, labels=recording.labels)
    table = coded.table
    result = consolidation.consolidate("hierarchical", table)
    code_of = {label: code for code, label in enumerate(coded.labels)}
    truth = np.array([code_of[recording.truth[task]] if task in recording.truth else -1 for task in coded.tasks])
    p = result.class_posterior[table.task, table.label]

    def sums(weight: Any) -> Any:
        return np.bincount(table.worker, weight, table.n_workers)

    none = np.zeros(table.n_workers)
    estimate = accuracy.estimate(
        scored=table.answers_per_worker(),
        expected_correct=sums(p),
        variance=sums(p * (1 - p)),
        gold=none,
        gold_right=none,
    )
    certain = truth[table.task] >= 0
    n, right = sums(certain.astype(float)), sums((certain & (truth[table.task] == table.label)).astype(float))
    chosen = n >= LEAST
    share = right[chosen] / n[chosen]
    low, high = estimate.low[chosen], estimate.high[chosen]
    truth_low, truth_high = credible_interval(right[chosen], n[chosen])
    count = int(chosen.sum())
    return Coverage(
        set=recording.name,
        workers=count,
        covered=float(((low <= share) & (share <= high)).mean()) if count else float("nan"),
        below=float((share < low).mean()) if count else float("nan"),
        above=float((share > high).mean()) if count else float("nan"),
        width=float((high - low).mean()) if count else float("nan"),
        with_truth=float((truth_high - truth_low).mean()) if count else float("nan"),
        bias=float((estimate.accuracy[chosen] - share).mean()) if count else float("nan"),
    )


def together(rows: list[Coverage]) -> Coverage:
    """Return the means over all workers of all sets."""
    sets = [row for row in rows if row.workers]
    total = sum(row.workers for row in sets)

    def mean(name: str) -> float:
        return sum(getattr(row, name) * row.workers for row in sets) / total if total else float("nan")

    names = ("covered", "below", "above", "width", "with_truth", "bias")
    return Coverage("all workers", total, **{name: mean(name) for name in names})


@benchmark(
    "intervals",
    argument("folders", nargs="+", type=Path, help="folders with answers.csv and truth.csv, of categories"),
    help="coverage of the intervals of workers' accuracy",
)
def run(*, folders: list[Path]) -> Report:
    """Measure every folder, and all of them together."""
    rows = [measure(folder) for folder in report.each(folders)]
    return report.of_rows(
        [*rows, together(rows)],
        {
            "set": lambda r: r.set,
            "workers": lambda r: str(r.workers),
            "coverage": lambda r: f"{r.covered:.1%}",
            "below": lambda r: f"{r.below:.1%}",
            "above": lambda r: f"{r.above:.1%}",
            "mean width": lambda r: f"{r.width:.3f}",
            "with truth": lambda r: f"{r.with_truth:.3f}",
            "bias": lambda r: f"{r.bias:+.3f}",
        },
    )
