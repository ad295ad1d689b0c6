"""Dynamic redundancy on recorded crowds: how many of their answers were needed, and what the rest had been good for.

The answers of an object arrive in an order drawn by the seed. Every object gets its least answers; then the one where
an answer helps most gets the next, as a job does (gtcrowd.tasks.redundancy): each is judged by the models of the last
full fit, with a new fit whenever a twentieth more answers are in, until objects and crowd are sure enough for the
target, or no recorded answer is left.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gtcrowd import consolidation
from gtcrowd.commands import crowd_files
from gtcrowd.consolidation import AnswerTable
from gtcrowd.consolidation.categorical import measures, online
from gtcrowd.labels.consolidate import LEAST_NEW, SHARE_NEW
from gtcrowd.tasks import redundancy

METHOD = "hierarchical"
LEAST = 3
REPEATS = 2000
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Saved:
    """One recorded crowd, and a target.

    `used` of `answers`; `error` and `fixed_error`: share of objects with a truth that are wrong, by the answers used
    and by all; `low`, `high`: 95 % bootstrap interval of the difference, over objects; `expected`: the probability of
    being wrong, as the job has it at its end.
    """

    set: str
    target: float
    answers: int
    used: int
    expected: float
    error: float
    fixed_error: float
    low: float
    high: float

    @property
    def ratio(self) -> float:
        """Share of the answers that were not needed."""
        return 1 - self.used / self.answers


@dataclass(frozen=True, eq=False)
class Crowd:
    """A recording in codes; `order` lists each object's answers as they arrive, `start` where each object's begin."""

    name: str
    task: npt.NDArray[np.int32]
    worker: npt.NDArray[np.int32]
    label: npt.NDArray[np.int32]
    start: npt.NDArray[np.int64]
    truth: npt.NDArray[np.int32]
    n_workers: int
    n_labels: int

    @property
    def n_tasks(self) -> int:
        return len(self.start) - 1

    def first(self, counts: npt.NDArray[np.int64]) -> AnswerTable:
        """The first so many answers of each object."""
        place = np.arange(len(self.task)) - self.start[self.task]
        chosen = place < counts[self.task]
        return AnswerTable.from_codes(
            self.task[chosen], self.worker[chosen], self.label[chosen],
            n_tasks=self.n_tasks, n_workers=self.n_workers, n_labels=self.n_labels,
        )  # fmt: skip


def crowd(folder: Path, *, seed: int = 0) -> Crowd:
    """The recording of a folder, with the answers of each object in a drawn order. Raises crowd_files.FolderRefused."""
    recording = crowd_files.read(folder)
    names = {task: code for code, task in enumerate(recording.tasks)}
    workers = {worker: code for code, worker in enumerate(dict.fromkeys(one.worker for one in recording.answers))}
    labels = {label: code for code, label in enumerate(recording.labels)}
    task = np.array([names[one.task] for one in recording.answers], dtype=np.int32)
    order = np.lexsort((np.random.default_rng(seed).random(len(task)), task))
    truth = np.array([labels.get(recording.truth.get(name, ""), -1) for name in recording.tasks], dtype=np.int32)
    return Crowd(
        name=folder.name,
        task=task[order],
        worker=np.array([workers[one.worker] for one in recording.answers], dtype=np.int32)[order],
        label=np.array([labels[one.label] for one in recording.answers], dtype=np.int32)[order],
        start=np.concatenate(([0], np.cumsum(np.bincount(task, minlength=len(names))))),
        truth=truth,
        n_workers=len(workers),
        n_labels=len(labels),
    )


def measure(folder: Path, targets: list[float]) -> list[Saved]:
    """The recording once with all its answers, and once for each target."""
    recorded = crowd(folder)
    wrong = _wrong(_concluded(recorded, np.diff(recorded.start)).class_posterior, recorded.truth)
    rows = []
    for target in targets:
        counts = ask(recorded, target)
        posterior = _concluded(recorded, counts).class_posterior
        error = _wrong(posterior, recorded.truth)
        low, high = _interval(error - wrong)
        rows.append(Saved(
            set=folder.name, target=target, answers=len(recorded.task), used=int(counts.sum()),
            expected=float(np.mean(1 - posterior.max(axis=1))), error=float(error.mean()),
            fixed_error=float(wrong.mean()), low=low, high=high,
        ))  # fmt: skip
    return rows


def ask(recorded: Crowd, target: float) -> npt.NDArray[np.int64]:
    """How many answers each object gets, [n_tasks]."""
    most = np.diff(recorded.start)
    counts = np.minimum(LEAST, most)
    while True:
        found = _concluded(recorded, counts)
        fit, error = online.from_aggregation(found), 1 - found.class_posterior.max(axis=1)
        everybody = np.arange(recorded.n_tasks)
        _posterior, avoidable = _kept_up(recorded, fit, everybody, counts, most)
        due = counts.sum() + max(LEAST_NEW, int(SHARE_NEW * counts.sum()))
        while counts.sum() < due:
            doubtful = np.minimum(error, avoidable) > redundancy.OBJECT * target
            asked = np.flatnonzero((counts < most) & doubtful)
            if min(error.mean(), avoidable.mean()) <= target or not len(asked):
                return counts
            # As many at once as leave the order of doubt as it is, more or less.
            asked = asked[np.argsort(-avoidable[asked], kind="stable")][: max(1, int(due - counts.sum()) // 4)]
            counts[asked] += 1
            posterior, avoidable[asked] = _kept_up(recorded, fit, asked, counts, most)
            error[asked] = 1 - posterior.max(axis=1)


def _concluded(recorded: Crowd, counts: npt.NDArray[np.int64]) -> consolidation.Aggregation[Any]:
    return consolidation.METHODS[METHOD].consolidate(recorded.first(counts))


def _kept_up(
    recorded: Crowd, fit: online.WorkerModels, asked: npt.NDArray[np.int64], counts: npt.NDArray[np.int64],
    most: npt.NDArray[np.int64],
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Posterior and avoidable error of the objects `asked`, by the last fit."""
    some = np.concatenate([np.arange(recorded.start[task], recorded.start[task] + counts[task]) for task in asked])
    table = AnswerTable.from_codes(
        np.repeat(np.arange(len(asked)), counts[asked]), recorded.worker[some], recorded.label[some],
        n_tasks=len(asked), n_workers=recorded.n_workers, n_labels=recorded.n_labels,
    )  # fmt: skip
    posterior = online.posteriors(fit, table)
    return posterior, online.value_of_more_answers(
        fit, online.log_evidence(fit, table), posterior, (most - counts)[asked]
    )


def _wrong(posterior: FloatArray, truth: npt.NDArray[np.int32]) -> FloatArray:
    """For each object with a truth, how wrong its label is: 0 or 1, in a tie the share of the wrong ones."""
    return np.array([
        1 - measures.shared_accuracy(posterior[place][None], truth[place][None]) for place in np.flatnonzero(truth >= 0)
    ])  # fmt: skip


def _interval(values: FloatArray) -> tuple[float, float]:
    """95 % bootstrap interval of the mean."""
    rng = np.random.default_rng(0)
    means = [values[rng.integers(0, len(values), len(values))].mean() for _ in range(REPEATS)]
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)
