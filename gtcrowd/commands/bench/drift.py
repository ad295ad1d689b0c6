"""Planted drift, speeders and rings on recorded crowds: what is found, how soon, and what is told without a reason."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gtcrowd import consolidation
from gtcrowd.analytics import cases
from gtcrowd.analytics.measures import drift, fraud, leave_one_out
from gtcrowd.commands import crowd_files
from gtcrowd.consolidation.categorical import table as tables
from gtcrowd.consolidation.categorical.table import AnswerTable

LEAST = 100
"""Answers of a worker in whom drift is planted; it begins in the middle."""
MOST_PLANTED = 10
RING = 5
COPIED = 0.9
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Found:
    """`drifted` workers planted, `told` of them, and the median `delay` in answers from where it began; `false_drift`:
    alarms of workers as they were recorded, `shuffled`: with each worker's answers in a random order, which hides any
    true drift, `budget`: false alarms allowed; `speeders` planted and `caught`; `ring` members planted and `members`
    found, `false_pairs` told of the crowd as it was recorded."""

    set: str
    answers: int
    workers: int
    drifted: int
    told: int
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
        """False alarms of the shuffled crowd by the budget."""
        return self.shuffled / self.budget


def measure(folder: Path, *, seed: int = 0) -> Found:
    """Raises crowd_files.FolderRefused."""
    recording = crowd_files.read(folder)
    frame = pd.DataFrame([(one.task, one.worker, one.label) for one in recording.answers], columns=tables.COLUMNS)
    table = tables.from_frame(frame, labels=recording.labels).table
    rng = np.random.default_rng(seed)
    value = table.label.astype(np.int64)
    n = table.answers_per_worker()
    false_drift = int((_watched(table, value) >= 0).sum())
    shuffled = int((_watched(table, value, order=rng.permutation(len(table))) >= 0).sum())
    drifted, told, delays = _drifting(table, value, n, rng)
    speeders, caught, false_speed = _speeding(table, n, rng)
    ring, members = _copying(table, value, n, rng)
    _, found = _pairs(table, value)
    return Found(
        set=recording.name, answers=len(table), workers=table.n_workers, drifted=drifted, told=told,
        delay=float(np.median(delays)) if delays else float("nan"), false_drift=false_drift, shuffled=shuffled,
        budget=drift.BUDGET, speeders=speeders, caught=caught, false_speed=false_speed, ring=ring, members=members,
        false_pairs=int(found.sum()),
    )  # fmt: skip


def _fitted(table: AnswerTable, value: Codes) -> consolidation.Aggregation[Any]:
    changed = AnswerTable(
        table.task, table.worker, value.astype(np.int32), table.n_tasks, table.n_workers, table.n_labels
    )
    return consolidation.consolidate("hierarchical", changed)


def _watched(table: AnswerTable, value: Codes, *, order: Codes | None = None) -> Codes:
    found = _fitted(table, value)
    confusion, prior = found.confusion, found.class_prior
    assert confusion is not None and prior is not None  # noqa: S101, PT018 - the method has both
    task, worker = table.task.astype(np.int64), table.worker.astype(np.int64)
    beside = leave_one_out.probability(task, worker, value, confusion=confusion, prior=prior, n_tasks=table.n_tasks)
    crowd = np.average(confusion, axis=0, weights=np.maximum(found.answers, 1e-9))
    rows = np.arange(len(task)) if order is None else order
    watched = drift.watch(
        worker[rows], value[rows], beside[rows], crowd=crowd, n_workers=table.n_workers,
        limit=drift.threshold(len(task)),
    )  # fmt: skip
    return watched.alarm


def _drifting(table: AnswerTable, value: Codes, n: Codes, rng: np.random.Generator) -> tuple[int, int, list[float]]:
    """From the middle on, some workers give their usual answers without looking."""
    able = rng.permutation(np.flatnonzero(n >= LEAST))[: max(1, min(MOST_PLANTED, table.n_workers // 10))]
    if not len(able):
        return 0, 0, []
    changed, began = value.copy(), {}
    for worker in able.tolist():
        rows = np.flatnonzero(table.worker == worker)
        began[worker] = len(rows) // 2
        changed[rows[began[worker] :]] = rng.choice(value[rows], len(rows) - began[worker])
    alarm = _watched(table, changed)
    delays = [float(alarm[worker] - began[worker]) for worker in began if alarm[worker] >= began[worker]]
    return len(able), len(delays), delays


def _speeding(table: AnswerTable, n: Codes, rng: np.random.Generator) -> tuple[int, int, int]:
    """The recordings have no times: each worker gets a pace and a spread of their own, and some a tenth of their
    pace."""
    worker = table.worker.astype(np.int64)
    pace, spread = rng.normal(2.2, 0.4, table.n_workers), rng.uniform(0.3, 0.7, table.n_workers)
    seconds = np.exp(rng.normal(pace[worker], spread[worker]))
    able = np.flatnonzero(n >= 2 * fraud.LEAST_ANSWERS)
    chosen = rng.permutation(able)[: max(1, min(MOST_PLANTED, len(able) // 10))]
    quick = seconds.copy()
    quick[np.isin(worker, chosen)] *= 0.1
    told = fraud.discoveries(fraud.speed(worker, quick, n_workers=table.n_workers).ratio, rate=cases.FALSE_RATE)
    false = int(told.sum() - told[chosen].sum())
    return len(chosen), int(told[chosen].sum()), false


def _pairs(table: AnswerTable, value: Codes) -> tuple[fraud.Pairs, npt.NDArray[np.bool_]]:
    found = _fitted(table, value)
    assert found.confusion is not None and found.class_prior is not None  # noqa: S101, PT018 - the method has both
    pairs = fraud.copying(
        table.task.astype(np.int64), table.worker.astype(np.int64), value, confusion=found.confusion,
        prior=found.class_prior, n_tasks=table.n_tasks,
    )  # fmt: skip
    return pairs, fraud.discoveries(pairs.ratio, rate=cases.FALSE_RATE)


def _copying(table: AnswerTable, value: Codes, n: Codes, rng: np.random.Generator) -> tuple[int, int]:
    """A leader, and the workers who share the most objects with them, who copy nine in ten of the leader's answers."""
    answered = {worker: set(table.task[table.worker == worker].tolist()) for worker in np.argsort(-n)[:200].tolist()}
    best: tuple[int, int, list[int]] = (0, 0, [])
    for leader in list(answered)[:15]:
        near = sorted(
            ((len(answered[leader] & tasks), worker) for worker, tasks in answered.items() if worker != leader),
            reverse=True,
        )[: RING - 1]
        members = [worker for shared, worker in near if shared >= 2 * fraud.LEAST_SHARED]
        best = max(best, (sum(shared for shared, _worker in near), leader, members), key=lambda one: one[0])
    _score, leader, members = best
    if not members:
        return 0, 0
    led = dict(zip(*(column[table.worker == leader].tolist() for column in (table.task, value)), strict=True))
    changed = value.copy()
    for row in np.flatnonzero(np.isin(table.worker, members)).tolist():
        task = int(table.task[row])
        if task in led and rng.random() < COPIED:
            changed[row] = led[task]
    pairs, found = _pairs(table, changed)
    ring = np.isin(pairs.one, [leader, *members]) & np.isin(pairs.other, [leader, *members]) & found
    return len(members) + 1, len(set(pairs.one[ring].tolist()) | set(pairs.other[ring].tolist()))
