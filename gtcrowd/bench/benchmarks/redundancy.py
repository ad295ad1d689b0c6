"""Measure dynamic redundancy on recorded crowds: how many answers it saves, and the resulting error.

The answers of an object arrive in random order. Every object gets LEAST answers; then the object with the highest value
of one more answer gets the next, as in a job (gtcrowd.tasks.lifecycle.redundancy). Values follow from the worker models
of the last full fit, which is repeated after every 5 % of new answers, until the target error is reached or no answer
is left.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gtcrowd import consolidation
from gtcrowd.bench import report
from gtcrowd.bench.registry import argument, benchmark
from gtcrowd.bench.report import Report
from gtcrowd.consolidation import AnswerTable
from gtcrowd.consolidation.categorical import measures, online
from gtcrowd.labels.consolidate import LEAST_NEW, SHARE_NEW
from gtcrowd.offline import recordings
from gtcrowd.tasks.lifecycle import redundancy

METHOD = "hierarchical"
LEAST = 3
REPEATS = 2000
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Saved:
    """The result on one recorded crowd for one target error.

    answers, used       recorded and used answers
    expected            mean error probability at the end of the job
    error, fixed_error  share of wrong labels among objects with truth, with the used and with all answers
    low, high           95 % bootstrap interval of error - fixed_error, over objects
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
        """Share of saved answers."""
        return 1 - self.used / self.answers


@dataclass(frozen=True, eq=False)
class Crowd:
    """A recording in codes, ordered by object and arrival; `start` [n_tasks + 1]: first answer of each object."""

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
        """Return the first `counts` [n_tasks] answers of each object."""
        rank = np.arange(len(self.task)) - self.start[self.task]
        chosen = rank < counts[self.task]
        return AnswerTable.from_codes(
            self.task[chosen], self.worker[chosen], self.label[chosen],
            n_tasks=self.n_tasks, n_workers=self.n_workers, n_labels=self.n_labels,
        )  # fmt: skip


def crowd(folder: Path, *, seed: int = 0) -> Crowd:
    """Read the recording of a folder, with the answers of each object in random order. Raises FolderRefused."""
    recording = recordings.read(folder)
    names = {task: code for code, task in enumerate(recording.tasks)}
    workers = {worker: code for code, worker in enumerate(dict.fromkeys(answer.worker for answer in recording.answers))}
    labels = {label: code for code, label in enumerate(recording.labels)}
    task = np.array([names[answer.task] for answer in recording.answers], dtype=np.int32)
    order = np.lexsort((np.random.default_rng(seed).random(len(task)), task))
    truth = np.array([labels.get(recording.truth.get(name, ""), -1) for name in recording.tasks], dtype=np.int32)
    return Crowd(
        name=folder.name,
        task=task[order],
        worker=np.array([workers[answer.worker] for answer in recording.answers], dtype=np.int32)[order],
        label=np.array([labels[answer.label] for answer in recording.answers], dtype=np.int32)[order],
        start=np.concatenate(([0], np.cumsum(np.bincount(task, minlength=len(names))))),
        truth=truth,
        n_workers=len(workers),
        n_labels=len(labels),
    )


def measure(folder: Path, targets: list[float]) -> list[Saved]:
    """Compare each target with using all answers."""
    recorded = crowd(folder)
    wrong = _wrong(_consolidate(recorded, np.diff(recorded.start)).class_posterior, recorded.truth)
    rows = []
    for target in targets:
        counts = ask(recorded, target)
        posterior = _consolidate(recorded, counts).class_posterior
        error = _wrong(posterior, recorded.truth)
        low, high = _interval(error - wrong)
        rows.append(Saved(
            set=folder.name, target=target, answers=len(recorded.task), used=int(counts.sum()),
            expected=float(np.mean(1 - posterior.max(axis=1))), error=float(error.mean()),
            fixed_error=float(wrong.mean()), low=low, high=high,
        ))  # fmt: skip
    return rows


def ask(recorded: Crowd, target: float) -> npt.NDArray[np.int64]:
    """Return the number of answers that each object gets, [n_tasks]."""
    most = np.diff(recorded.start)
    counts = np.minimum(LEAST, most)
    while True:
        result = _consolidate(recorded, counts)
        fit, error = online.from_aggregation(result), 1 - result.class_posterior.max(axis=1)
        everybody = np.arange(recorded.n_tasks)
        _posterior, value = _update(recorded, fit, everybody, counts, most)
        due = counts.sum() + max(LEAST_NEW, int(SHARE_NEW * counts.sum()))
        while counts.sum() < due:
            uncertain = np.minimum(error, value) > redundancy.OBJECT * target
            objects = np.flatnonzero((counts < most) & uncertain)
            if min(error.mean(), value.mean()) <= target or not len(objects):
                return counts
            # Ask for a batch small enough to hardly change the order.
            objects = objects[np.argsort(-value[objects], kind="stable")][: max(1, int(due - counts.sum()) // 4)]
            counts[objects] += 1
            posterior, value[objects] = _update(recorded, fit, objects, counts, most)
            error[objects] = 1 - posterior.max(axis=1)


def _consolidate(recorded: Crowd, counts: npt.NDArray[np.int64]) -> consolidation.Aggregation[Any]:
    return consolidation.METHODS[METHOD].consolidate(recorded.first(counts))


def _update(
    recorded: Crowd, fit: online.WorkerModels, objects: npt.NDArray[np.int64], counts: npt.NDArray[np.int64],
    most: npt.NDArray[np.int64],
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Return the posterior and the value of more answers of `objects`, by the last fit."""
    rows = np.concatenate([np.arange(recorded.start[task], recorded.start[task] + counts[task]) for task in objects])
    table = AnswerTable.from_codes(
        np.repeat(np.arange(len(objects)), counts[objects]), recorded.worker[rows], recorded.label[rows],
        n_tasks=len(objects), n_workers=recorded.n_workers, n_labels=recorded.n_labels,
    )  # fmt: skip
    posterior = online.posteriors(fit, table)
    return posterior, online.value_of_more_answers(
        fit, online.log_evidence(fit, table), posterior, (most - counts)[objects]
    )


def _wrong(posterior: FloatArray, truth: npt.NDArray[np.int32]) -> FloatArray:
    """Return the error of each object with truth: 0 or 1, or in a tie the share of the wrong labels."""
    return np.array([
        1 - measures.shared_accuracy(posterior[row][None], truth[row][None]) for row in np.flatnonzero(truth >= 0)
    ])  # fmt: skip


def _interval(values: FloatArray) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the mean."""
    rng = np.random.default_rng(0)
    means = [values[rng.integers(0, len(values), len(values))].mean() for _ in range(REPEATS)]
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


@benchmark(
    "redundancy",
    argument("folders", nargs="+", type=Path, help="folders with answers.csv and truth.csv, of categories"),
    argument("--target", nargs="+", type=float, default=[0.01], help="target error rates (default: 0.01)"),
    help="answers saved by dynamic redundancy on recorded crowds, and the resulting error",
)
def run(*, folders: list[Path], target: list[float]) -> Report:
    """Measure every folder with every target error."""
    return report.of_rows(
        [row for folder in report.each(folders) for row in measure(folder, target)],
        {
            "set": lambda r: r.set,
            "target": lambda r: f"{r.target:g}",
            "answers": lambda r: f"{r.answers:,}",
            "used": lambda r: f"{r.used:,}",
            "saved": lambda r: f"{r.ratio:.1%}",
            "error": lambda r: f"{r.error:.4f}",
            "error with all": lambda r: f"{r.fixed_error:.4f}",
            "difference (95 %)": lambda r: f"{r.low:+.4f} … {r.high:+.4f}",
            "expected": lambda r: f"{r.expected:.3f}",
        },
    )
