"""Measure detection of planted drift, speeders and rings on recorded crowds: rate, delay and false alarms."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gtcrowd import consolidation
from gtcrowd.analytics import cases
from gtcrowd.analytics.measures import drift, fraud, leave_one_out
from gtcrowd.bench import report
from gtcrowd.bench.registry import argument, benchmark
from gtcrowd.bench.report import Report
from gtcrowd.consolidation.categorical import table as tables
from gtcrowd.consolidation.categorical.table import AnswerTable
from gtcrowd.offline import recordings

LEAST = 100
"""Minimum answers of a worker with planted drift; it begins in the middle."""
MOST_PLANTED = 10
RING = 5
COPIED = 0.9
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Detection:
    """The result on one recorded crowd.

    drifted, detected, delay  workers with planted drift, those with an alarm, and the median delay in answers
    false_drift               alarms on the crowd as recorded
    shuffled                  alarms with each worker's answers in random order, which removes any true drift
    budget                    allowed false alarms
    speeders, caught          planted speeders, and those reported; `false_speed`: other workers reported
    ring, members             planted ring members, and those reported; `false_pairs`: pairs reported as recorded
    """

    set: str
    answers: int
    workers: int
    drifted: int
    detected: int
    delay: float
    false_drift: int
    shuffled: int
    budget: float
    speeders: int
    caught: int
    false_speed: int
    ring: int
    members: int
    false_pairs: int

    @property
    def ratio(self) -> float:
        """False alarms of the shuffled crowd relative to the budget."""
        return self.shuffled / self.budget


def measure(folder: Path, *, seed: int = 0) -> Detection:
    """Measure one recorded crowd. Raises recordings.FolderRefused."""
    recording = recordings.read(folder)
    frame = pd.DataFrame(
        [(answer.task, answer.worker, answer.label) for answer in recording.answers], columns=tables.COLUMNS
    )
    table = tables.from_frame(frame, labels=recording.labels).table
    rng = np.random.default_rng(seed)
    value = table.label.astype(np.int64)
    n = table.answers_per_worker()
    false_drift = int((_alarms(table, value) >= 0).sum())
    shuffled = int((_alarms(table, value, order=rng.permutation(len(table))) >= 0).sum())
    drifted, detected, delays = _drifting(table, value, n, rng)
    speeders, caught, false_speed = _speeding(table, n, rng)
    ring, members = _copying(table, value, n, rng)
    _, reported = _pairs(table, value)
    return Detection(
        set=recording.name, answers=len(table), workers=table.n_workers, drifted=drifted, detected=detected,
        delay=float(np.median(delays)) if delays else float("nan"), false_drift=false_drift, shuffled=shuffled,
        budget=drift.BUDGET, speeders=speeders, caught=caught, false_speed=false_speed, ring=ring, members=members,
        false_pairs=int(reported.sum()),
    )  # fmt: skip


def _fitted(table: AnswerTable, value: Codes) -> consolidation.Aggregation[Any]:
    changed = AnswerTable(
        table.task, table.worker, value.astype(np.int32), table.n_tasks, table.n_workers, table.n_labels
    )
    return consolidation.consolidate("hierarchical", changed)


def _alarms(table: AnswerTable, value: Codes, *, order: Codes | None = None) -> Codes:
    result = _fitted(table, value)
    confusion, prior = result.confusion, result.class_prior
    assert confusion is not None and prior is not None  # noqa: S101, PT018 - the method has both
    task, worker = table.task.astype(np.int64), table.worker.astype(np.int64)
    posterior = leave_one_out.probability(task, worker, value, confusion=confusion, prior=prior, n_tasks=table.n_tasks)
    crowd = np.average(confusion, axis=0, weights=np.maximum(result.answers, 1e-9))
    rows = np.arange(len(task)) if order is None else order
    charts = drift.detect(
        worker[rows], value[rows], posterior[rows], crowd=crowd, n_workers=table.n_workers,
        limit=drift.threshold(len(task)),
    )  # fmt: skip
    return charts.alarm


def _drifting(table: AnswerTable, value: Codes, n: Codes, rng: np.random.Generator) -> tuple[int, int, list[float]]:
    """Let some workers guess from the middle on; return how many, how many were detected, and the delays."""
    able = rng.permutation(np.flatnonzero(n >= LEAST))[: max(1, min(MOST_PLANTED, table.n_workers // 10))]
    if not len(able):
        return 0, 0, []
    changed, began = value.copy(), {}
    for worker in able.tolist():
        rows = np.flatnonzero(table.worker == worker)
        began[worker] = len(rows) // 2
        changed[rows[began[worker] :]] = rng.choice(value[rows], len(rows) - began[worker])
    alarm = _alarms(table, changed)
    delays = [float(alarm[worker] - began[worker]) for worker in began if alarm[worker] >= began[worker]]
    return len(able), len(delays), delays


def _speeding(table: AnswerTable, n: Codes, rng: np.random.Generator) -> tuple[int, int, int]:
    """Simulate answer times, which the recordings lack, and let some workers take a tenth of their time.

    Returns the number of speeders, of detected ones, and of false reports.
    """
    worker = table.worker.astype(np.int64)
    pace, spread = rng.normal(2.2, 0.4, table.n_workers), rng.uniform(0.3, 0.7, table.n_workers)
    seconds = np.exp(rng.normal(pace[worker], spread[worker]))
    able = np.flatnonzero(n >= 2 * fraud.LEAST_ANSWERS)
    chosen = rng.permutation(able)[: max(1, min(MOST_PLANTED, len(able) // 10))]
    quick = seconds.copy()
    quick[np.isin(worker, chosen)] *= 0.1
    reported = fraud.discoveries(fraud.speed(worker, quick, n_workers=table.n_workers).ratio, rate=cases.FALSE_RATE)
    false = int(reported.sum() - reported[chosen].sum())
    return len(chosen), int(reported[chosen].sum()), false


def _pairs(table: AnswerTable, value: Codes) -> tuple[fraud.Pairs, npt.NDArray[np.bool_]]:
    result = _fitted(table, value)
    assert result.confusion is not None and result.class_prior is not None  # noqa: S101, PT018 - the method has both
    pairs = fraud.copying(
        table.task.astype(np.int64), table.worker.astype(np.int64), value, confusion=result.confusion,
        prior=result.class_prior, n_tasks=table.n_tasks,
    )  # fmt: skip
    return pairs, fraud.discoveries(pairs.ratio, rate=cases.FALSE_RATE)


def _copying(table: AnswerTable, value: Codes, n: Codes, rng: np.random.Generator) -> tuple[int, int]:
    """Let the workers who share the most objects with a leader copy COPIED of the leader's answers.

    Returns the number of ring members, and of detected ones.
    """
    answered = {worker: set(table.task[table.worker == worker].tolist()) for worker in np.argsort(-n)[:200].tolist()}
    best: tuple[int, int, list[int]] = (0, 0, [])
    for leader in list(answered)[:15]:
        near = sorted(
            ((len(answered[leader] & tasks), worker) for worker, tasks in answered.items() if worker != leader),
            reverse=True,
        )[: RING - 1]
        members = [worker for shared, worker in near if shared >= 2 * fraud.LEAST_SHARED]
        best = max(best, (sum(shared for shared, _worker in near), leader, members), key=lambda ring: ring[0])
    _score, leader, members = best
    if not members:
        return 0, 0
    led = dict(zip(*(column[table.worker == leader].tolist() for column in (table.task, value)), strict=True))
    changed = value.copy()
    for row in np.flatnonzero(np.isin(table.worker, members)).tolist():
        task = int(table.task[row])
        if task in led and rng.random() < COPIED:
            changed[row] = led[task]
    pairs, reported = _pairs(table, changed)
    ring = np.isin(pairs.first, [leader, *members]) & np.isin(pairs.second, [leader, *members]) & reported
    return len(members) + 1, len(set(pairs.first[ring].tolist()) | set(pairs.second[ring].tolist()))


@benchmark(
    "drift",
    argument("folders", nargs="+", type=Path, help="folders with answers.csv and truth.csv, of categories"),
    help="detection of planted drift, speeders and rings: rate, delay, false alarms",
)
def run(*, folders: list[Path]) -> Report:
    """Measure every folder."""
    return report.of_rows(
        [measure(folder) for folder in report.each(folders)],
        {
            "set": lambda r: r.set,
            "workers": lambda r: str(r.workers),
            "drift found": lambda r: f"{r.detected} of {r.drifted}",
            "delay": lambda r: f"{r.delay:.0f}",
            "false (recorded)": lambda r: str(r.false_drift),
            "false (shuffled)": lambda r: str(r.shuffled),
            "budget": lambda r: f"{r.budget:g}",
            "speeders": lambda r: f"{r.caught} of {r.speeders}",
            "false": lambda r: str(r.false_speed),
            "ring": lambda r: f"{r.members} of {r.ring}",
            "false pairs": lambda r: str(r.false_pairs),
        },
    )
