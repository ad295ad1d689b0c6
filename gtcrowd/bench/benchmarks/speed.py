"""Measure time and memory of a method by number of answers, compared with the machine's memory bandwidth and a peer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd

from gtcrowd import consolidation
from gtcrowd.bench import report
from gtcrowd.bench.measuring import peak_memory, timed
from gtcrowd.bench.registry import argument, benchmark
from gtcrowd.bench.report import Report
from gtcrowd.consolidation import AnswerTable

CLASSES, EACH = 10, 5
BYTES_PER_ANSWER_AND_CLASS = 8
MOST_FOR_PEER = 1_000_000
# Runs of which the quickest counts; no further one after so many seconds.
REPEATS, LONG = 3, 20.0


@dataclass(frozen=True)
class Speed:
    """One method on a generated crowd.

    seconds a step; memory in MB above the input; `bandwidth`: bytes that a step must move by those that the triad
    moved in the same time; `peer_step`: crowd-kit's seconds a step, where it is installed and the crowd small enough.
    """

    method: str
    answers: int
    seconds: float
    steps: int
    converged: bool
    step: float
    memory: float
    bandwidth: float
    peer_step: float | None

    @property
    def ratio(self) -> float | None:
        """The peer's seconds a step by ours."""
        return None if self.peer_step is None else self.peer_step / self.step


def crowd(answers: int, *, seed: int = 0) -> AnswerTable:
    """Five answers a task in ten classes, workers with activity by a power law and accuracies around 0.7."""
    rng = np.random.default_rng(seed)
    tasks, workers = max(answers // EACH, 1), max(answers // 200, 20)
    truth = rng.integers(0, CLASSES, tasks).astype(np.int32)
    activity = np.arange(1, workers + 1) ** -0.8
    task = np.repeat(np.arange(tasks, dtype=np.int32), EACH)
    rng.shuffle(task)
    worker = rng.choice(workers, len(task), p=activity / activity.sum()).astype(np.int32)
    right = rng.random(len(task)) < rng.beta(7, 3, workers)[worker]
    label = np.where(right, truth[task], rng.integers(0, CLASSES, len(task))).astype(np.int32)
    return AnswerTable.from_codes(task, worker, label, n_tasks=tasks, n_workers=workers, n_labels=CLASSES)


def measure(method: str, answers: int) -> Speed:
    """Run the method once on a crowd of that size, after a small one that compiles what must be compiled."""
    consolidation.consolidate(method, crowd(1000))
    table = crowd(answers)
    triad = bandwidth()
    memory, result = peak_memory(lambda: consolidation.consolidate(method, table), interval=0.005)
    seconds, step = _seconds(method, table, result.steps)
    # E and M step each read a row of classes for every answer.
    moved = 2 * len(table) * CLASSES * BYTES_PER_ANSWER_AND_CLASS
    peer = _peer_step(table) if method == "dawid-skene" and answers <= MOST_FOR_PEER else None
    return Speed(method, answers, seconds, result.steps, result.converged, step, memory, moved / step / triad, peer)


def bandwidth(*, size: int = 20_000_000, repeats: int = 5) -> float:
    """Bytes a second of a = b + s c over arrays larger than any cache (McCalpin 1995, STREAM triad), best of some."""
    a, b, c = np.empty(size), np.ones(size), np.ones(size)

    def triad() -> None:
        np.multiply(c, 3.0, out=a)
        np.add(a, b, out=a)

    best = np.inf
    for _ in range(repeats):
        seconds, _ = timed(triad)
        best = min(best, seconds)
    # Two passes: c in and a out, then a and b in and a out.
    return 5 * size * 8 / best


def _seconds(method: str, table: AnswerTable, steps: int) -> tuple[float, float]:
    """Seconds of a whole run, and of one step: by the difference to a run of a single step."""
    whole = _best(lambda: consolidation.consolidate(method, table))
    if steps < 2 or "max_steps" not in consolidation.METHODS[method].parameters:
        return whole, whole / max(steps, 1)
    once = _best(lambda: consolidation.consolidate(method, table, max_steps=1))
    return whole, max(whole - once, 1e-9) / (steps - 1)


def _best(work: Callable[[], Any]) -> float:
    """Seconds of the quickest of some runs, ours and the peer's alike: others on the machine only make it slower."""
    seconds: list[float] = []
    while len(seconds) < REPEATS and sum(seconds) < LONG:
        seconds.append(timed(work)[0])
    return min(seconds)


def _peer_step(table: AnswerTable) -> float | None:
    if not find_spec("crowdkit"):
        return None
    from crowdkit.aggregation import DawidSkene  # noqa: PLC0415 - only where it is installed

    # Names, as the peer's users have them; ours are coded once, before the first step.
    frame = pd.DataFrame({
        "task": np.char.add("t", table.task.astype(str)).astype(object),
        "worker": np.char.add("w", table.worker.astype(str)).astype(object),
        "label": np.char.add("l", table.label.astype(str)).astype(object),
    })  # fmt: skip
    once, four = (_best(partial(DawidSkene(n_iter=steps, tol=0).fit, frame)) for steps in (1, 4))
    return (four - once) / 3


@benchmark(
    "speed",
    argument("--answers", nargs="+", type=float, default=[1e5, 1e6], help="numbers of answers (default: 1e5 1e6)"),
    argument("--method", nargs="+", default=["dawid-skene", "hierarchical"], choices=consolidation.METHODS),
    help="time and memory of consolidation on generated answers, compared with crowd-kit",
)
def run(*, answers: list[float], method: list[str]) -> Report:
    """Measure every method at every size."""
    work = [(name, int(n)) for name in method for n in answers]
    return report.of_rows(
        [measure(name, n) for name, n in report.each(work)],
        {
            "method": lambda r: r.method,
            "answers": lambda r: f"{r.answers:,}",
            "seconds": lambda r: f"{r.seconds:.2f}",
            "steps": lambda r: str(r.steps),
            "ms per step": lambda r: f"{r.step * 1000:.1f}",
            "MB above input": lambda r: f"{r.memory:.0f}",
            "% of triad": lambda r: f"{r.bandwidth:.0%}",
            "crowd-kit / ours": lambda r: report.number(r.ratio, "{:.0f}"),
        },
    )
