"""The E-step and the M-step for confusion matrices (Dempster, Laird, Rubin 1977).

A *pair* is a worker and an answer, `worker * n_labels + answer`. Both steps read the answers task by task: the E-step
adds up rows of a table of pairs, the M-step adds the task's row to sums of pairs. Time grows with answers × labels,
memory with answers + (tasks + workers × labels) × labels. The loops are compiled where Numba is installed and sparse
products where it is not; the results are the same up to rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gtcrowd.consolidation.arrays import FloatArray, IntArray
from gtcrowd.consolidation.categorical.ranges import in_ranges, in_threads
from gtcrowd.consolidation.categorical.table import AnswerTable

try:
    from gtcrowd.consolidation.categorical import kernels as kernels  # noqa: PLC0414 - pooling takes it from here
except ImportError:  # pragma: no cover - the uncompiled path is tested with compiled=False
    kernels = None  # type: ignore[assignment]

Offsets = npt.NDArray[np.int64]
Indices = npt.NDArray[Any]

NO_GOLD = np.empty(0, dtype=np.int32)
# Number of partial sums of pairs made at once, each a table of its own; above so many numbers per table there is only
# one. Constants, so that sums do not depend on the machine.
PARTS, MAX_SIZE_FOR_PARTS = 2, 40_000_000


@dataclass(frozen=True, eq=False)
class Counts:
    """The answers of a table, ordered by task; repeated answers appear repeatedly.

    start      int64 [n_tasks + 1]; the answers of task `i` are `pair[start[i]:start[i + 1]]`
    pair       [n], worker and answer of each answer
    compiled   whether compiled loops are used
    """

    start: Offsets
    pair: Indices
    n_workers: int
    n_labels: int
    compiled: bool

    @property
    def n_tasks(self) -> int:
        """Number of tasks, including those without an answer."""
        return len(self.start) - 1

    @cached_property
    def by_task(self) -> sparse.csr_array:
        """How often a task has each pair, sparse [n_tasks, n_pairs]; for the path without compiled loops."""
        shape = (self.n_tasks, self.n_workers * self.n_labels)
        return sparse.csr_array((np.ones(len(self.pair)), self.pair, self.start), shape=shape)

    @cached_property
    def buffers(self) -> tuple[FloatArray, FloatArray]:
        """Where `em_step` keeps its sums [parts, n_pairs, n_labels] and its table [n_pairs, n_labels] in every step.

        Fresh memory costs more than the sums themselves: the system clears each page when it is first touched.
        """
        pairs = self.n_workers * self.n_labels
        return np.empty((self.parts(self.n_labels), pairs, self.n_labels)), np.empty((pairs, self.n_labels))

    def parts(self, width: int) -> int:
        """Return how many partial sums [n_pairs, width] are made at once."""
        return PARTS if self.n_workers * self.n_labels * width <= MAX_SIZE_FOR_PARTS else 1


def count(table: AnswerTable, *, compiled: bool | None = None) -> Counts:
    """Order the answers of a table by task, once, before the first step.

    compiled   whether to use compiled loops; None: if they are available
    """
    compiled = kernels is not None if compiled is None else compiled
    n_pairs = table.n_workers * table.n_labels
    dtype = np.int32 if n_pairs <= np.iinfo(np.int32).max else np.int64
    pair: Indices = np.multiply(table.worker, table.n_labels, dtype=dtype)
    pair += table.label
    start, pair = _grouped(table.task, table.n_tasks, pair, compiled=compiled)
    return Counts(start, pair, table.n_workers, table.n_labels, compiled)


def e_step(
    counts: Counts, log_prior: FloatArray, log_confusion: FloatArray, gold: IntArray | None = None
) -> tuple[FloatArray, float]:
    """Return the posterior [n_tasks, n_labels] and the log-likelihood of the answers.

    log_prior       [n_labels], ln P(truth)
    log_confusion   [n_workers, truth, answer], ln P(answer | truth)
    gold            [n_tasks], code of the gold answer or -1
    """
    table = log_confusion.transpose(0, 2, 1).reshape(-1, counts.n_labels)
    if not counts.compiled:
        joint = np.asarray(counts.by_task @ table) + log_prior
        if gold is not None:
            fix(joint, gold)
        return normalised(joint)
    posterior = np.empty((counts.n_tasks, counts.n_labels))
    fixed = NO_GOLD if gold is None else gold
    inputs = (counts.start, counts.pair, np.ascontiguousarray(table), log_prior, fixed, posterior)
    return posterior, sum(in_ranges(kernels.posteriors, counts.n_tasks, *inputs))


def em_step(
    counts: Counts, log_prior: FloatArray, log_confusion: FloatArray, gold: IntArray | None = None
) -> tuple[FloatArray, FloatArray, float]:
    """Return, in one pass, the `m_step` of the posterior of `e_step`, and the log-likelihood.

    The posterior is never stored, which halves what has to be read and written. The expected counts are in memory that
    the next step overwrites.
    """
    if not counts.compiled:
        posterior, likelihood = e_step(counts, log_prior, log_confusion, gold)
        return *m_step(counts, posterior), likelihood
    fixed = NO_GOLD if gold is None else gold
    sums, table = counts.buffers
    sums.fill(0.0)
    by_worker = (counts.n_workers, counts.n_labels, counts.n_labels)
    np.copyto(table.reshape(by_worker), log_confusion.transpose(0, 2, 1))
    classes = np.zeros((len(sums), counts.n_labels))
    inputs = (counts.start, counts.pair, table, log_prior, fixed)
    likelihoods = _in_parts(
        counts,
        len(sums),
        lambda part, first, last: kernels.em_step(first, last, *inputs, classes[part], sums[part]),
    )
    return classes.sum(axis=0), _added(sums).reshape(by_worker).transpose(0, 2, 1), sum(likelihoods)


def m_step(counts: Counts, posterior: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the expected counts of the classes [n_labels] and of the answers [n_workers, truth, answer].

    posterior   [n_tasks, n_labels]
    """
    flat = pair_counts(counts, posterior)
    answers = flat.reshape(counts.n_workers, counts.n_labels, counts.n_labels).transpose(0, 2, 1)
    return posterior.sum(axis=0), answers


def pair_counts(counts: Counts, posterior: FloatArray) -> FloatArray:
    """Return for each pair the sum of the rows [n_tasks, width] of the tasks that have it, [n_pairs, width]."""
    if not counts.compiled:
        return np.asarray(counts.by_task.T @ posterior)
    width = posterior.shape[1]
    sums = np.zeros((counts.parts(width), counts.n_workers * counts.n_labels, width))
    inputs = (counts.start, counts.pair, posterior)
    _in_parts(counts, len(sums), lambda part, first, last: kernels.pair_sums(first, last, *inputs, sums[part]))
    return _added(sums)


def fix(joint: FloatArray, gold: IntArray) -> None:
    """Leave tasks with a gold answer no other label; changes `joint` [n_tasks, n_labels] of logarithms in place.

    gold   [n_tasks], code of the gold answer or -1
    """
    task = np.flatnonzero(gold >= 0)
    value = joint[task, gold[task]]
    joint[task] = -np.inf
    joint[task, gold[task]] = value


def normalised(joint: FloatArray) -> tuple[FloatArray, float]:
    """Turn rows of logarithms into probabilities, in place; also return the sum over rows of the log-normalisers.

    The largest of each row is subtracted first: a product of hundreds of small probabilities would be 0.
    """
    top = joint.max(axis=1, keepdims=True)
    joint -= top
    probability = np.exp(joint, out=joint)
    total = probability.sum(axis=1, keepdims=True)
    probability /= total
    return probability, float(np.sum(top) + np.sum(np.log(total)))


def _in_parts(counts: Counts, parts: int, work: Callable[[int, int, int], Any]) -> list[Any]:
    """Return `work(part, first task, last task + 1)` for parts of about as many answers each."""
    cuts = np.searchsorted(counts.start, np.linspace(0, len(counts.pair), parts + 1)[1:-1])
    ranges = list(pairwise([0, *cuts.tolist(), counts.n_tasks]))
    return in_threads(lambda part: work(part, *ranges[part]), parts)


def _added(sums: FloatArray) -> FloatArray:
    """Add the tables of the parts [parts, ...] in their order, in the memory of the first."""
    total = sums[0]
    for part in sums[1:]:
        total += part
    return np.asarray(total)


def _grouped(key: Indices, n_keys: int, column: Indices, *, compiled: bool) -> tuple[Offsets, Indices]:
    """Return where each key starts [n_keys + 1], and the column stably ordered by `key`."""
    start = np.zeros(n_keys + 1, dtype=np.int64)
    np.cumsum(np.bincount(key, minlength=n_keys), out=start[1:])
    if bool((key[1:] >= key[:-1]).all()):
        return start, column
    if not compiled:
        return start, column[np.argsort(key, kind="stable")]
    ordered = np.empty_like(column)
    kernels.group(key, column, start, ordered)
    return start, ordered
