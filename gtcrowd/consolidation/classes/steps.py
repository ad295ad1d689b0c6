"""The two steps of expectation maximisation for confusion matrices (Dempster, Laird, Rubin 1977).

A *cell* is a worker and a label: `worker * n_labels + label`. Both steps read the answers task by task: the first adds
up rows of a table of cells, the second adds the task's row to sums of cells. Time grows with answers × labels, memory
with answers + (tasks + workers × labels) × labels. The loops are compiled where Numba is installed and sparse products
where not; the results are the same to rounding.
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

from gtcrowd.consolidation.classes.ranges import in_ranges, in_threads
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray, IntArray

try:
    from gtcrowd.consolidation.classes import kernels as kernels  # noqa: PLC0414 - pooling takes it from here
except ImportError:  # pragma: no cover - the plain path is tested with compiled=False
    kernels = None  # type: ignore[assignment]

Places = npt.NDArray[np.int64]
Indices = npt.NDArray[Any]

NOTHING_KNOWN = np.empty(0, dtype=np.int32)
# Parts in which sums of cells are made at once, each with a table of its own; above so many numbers a table there is
# only one. Constants, so that sums do not depend on the machine.
PARTS, MOST_FOR_PARTS = 2, 40_000_000


@dataclass(frozen=True, eq=False)
class Counts:
    """The answers of a table by task; repeated answers stand repeatedly.

    start    int64 [n_tasks + 1]; the answers of task `i` are `cell[start[i]:start[i + 1]]`
    cell     [n], the cell of each answer
    """

    start: Places
    cell: Indices
    n_workers: int
    n_labels: int
    compiled: bool

    @property
    def n_tasks(self) -> int:
        """Number of tasks, also those without an answer."""
        return len(self.start) - 1

    @cached_property
    def by_task(self) -> sparse.csr_array:
        """How often a task has an answer of a cell, sparse [n_tasks, n_cells]; for the path without compiled loops."""
        shape = (self.n_tasks, self.n_workers * self.n_labels)
        return sparse.csr_array((np.ones(len(self.cell)), self.cell, self.start), shape=shape)

    @cached_property
    def room(self) -> tuple[FloatArray, FloatArray]:
        """Where `em_step` adds up [parts, cells, labels] and lays its table out [cells, labels], step after step.

        Memory fresh from the system costs more than the sums themselves: each page is cleared when first touched.
        """
        cells = self.n_workers * self.n_labels
        return np.empty((self.parts(self.n_labels), cells, self.n_labels)), np.empty((cells, self.n_labels))

    def parts(self, width: int) -> int:
        """How many tables of sums [cells, width] are made at once."""
        return PARTS if self.n_workers * self.n_labels * width <= MOST_FOR_PARTS else 1


def count(table: AnswerTable, *, compiled: bool | None = None) -> Counts:
    """Order the answers of a table once, before the first step.

    compiled   whether to use compiled loops; None: where they are available
    """
    compiled = kernels is not None if compiled is None else compiled
    n_cells = table.n_workers * table.n_labels
    wide = np.int32 if n_cells <= np.iinfo(np.int32).max else np.int64
    cell: Indices = np.multiply(table.worker, table.n_labels, dtype=wide)
    cell += table.label
    start, cell = _grouped(table.task, table.n_tasks, cell, compiled=compiled)
    return Counts(start, cell, table.n_workers, table.n_labels, compiled)


def e_step(
    counts: Counts, log_prior: FloatArray, log_confusion: FloatArray, known: IntArray | None = None
) -> tuple[FloatArray, float]:
    """Posterior of the tasks and log-likelihood of the answers, given class prior and confusion matrices.

    log_prior [n_labels]; log_confusion [n_workers, truth, answer]; known [n_tasks] with -1 for unknown.
    Returns posterior [n_tasks, n_labels] and the likelihood's natural logarithm.
    """
    table = log_confusion.transpose(0, 2, 1).reshape(-1, counts.n_labels)
    if not counts.compiled:
        joint = np.asarray(counts.by_task @ table) + log_prior
        if known is not None:
            clamp(joint, known)
        return normalised(joint)
    posterior = np.empty((counts.n_tasks, counts.n_labels))
    certain = NOTHING_KNOWN if known is None else known
    inputs = (counts.start, counts.cell, np.ascontiguousarray(table), log_prior, certain, posterior)
    return posterior, sum(in_ranges(kernels.posteriors, counts.n_tasks, *inputs))


def em_step(
    counts: Counts, log_prior: FloatArray, log_confusion: FloatArray, known: IntArray | None = None
) -> tuple[FloatArray, FloatArray, float]:
    """The two steps in one pass: what `m_step` gives for the posterior of `e_step`, and the log-likelihood.

    The posterior itself is never written down, which halves what has to be read and written. The expected counts lie
    in memory that the next pass uses again.
    """
    if not counts.compiled:
        posterior, likelihood = e_step(counts, log_prior, log_confusion, known)
        return *m_step(counts, posterior), likelihood
    certain = NOTHING_KNOWN if known is None else known
    cells, table = counts.room
    cells.fill(0.0)
    by_worker = (counts.n_workers, counts.n_labels, counts.n_labels)
    np.copyto(table.reshape(by_worker), log_confusion.transpose(0, 2, 1))
    classes = np.zeros((len(cells), counts.n_labels))
    inputs = (counts.start, counts.cell, table, log_prior, certain)
    total = _in_parts(
        counts,
        len(cells),
        lambda part, first, last: kernels.both_steps(first, last, *inputs, classes[part], cells[part]),
    )
    return classes.sum(axis=0), _added(cells).reshape(by_worker).transpose(0, 2, 1), sum(total)


def m_step(counts: Counts, posterior: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Expected counts under the posterior: of the classes [n_labels], of answers [n_workers, truth, answer]."""
    flat = cell_counts(counts, posterior)
    answers = flat.reshape(counts.n_workers, counts.n_labels, counts.n_labels).transpose(0, 2, 1)
    return posterior.sum(axis=0), answers


def cell_counts(counts: Counts, posterior: FloatArray) -> FloatArray:
    """Sum over the answers of each cell of the rows of their tasks, [n_cells, width]; posterior [n_tasks, width]."""
    if not counts.compiled:
        return np.asarray(counts.by_task.T @ posterior)
    width = posterior.shape[1]
    sums = np.zeros((counts.parts(width), counts.n_workers * counts.n_labels, width))
    inputs = (counts.start, counts.cell, posterior)
    _in_parts(counts, len(sums), lambda part, first, last: kernels.cell_sums(first, last, *inputs, sums[part]))
    return _added(sums)


def clamp(joint: FloatArray, known: IntArray) -> None:
    """Leave a task with a known label no other possibility; changes `joint` [n_tasks, n_labels] of logarithms."""
    task = np.flatnonzero(known >= 0)
    kept = joint[task, known[task]]
    joint[task] = -np.inf
    joint[task, known[task]] = kept


def normalised(joint: FloatArray) -> tuple[FloatArray, float]:
    """Rows of logarithms as probabilities, in place, and the sum over rows of ln of what each row added up to.

    The largest of each row is taken out first: a product of hundreds of small probabilities would be 0.
    """
    top = joint.max(axis=1, keepdims=True)
    joint -= top
    chance = np.exp(joint, out=joint)
    total = chance.sum(axis=1, keepdims=True)
    chance /= total
    return chance, float(np.sum(top) + np.sum(np.log(total)))


def _in_parts(counts: Counts, parts: int, work: Callable[[int, int, int], Any]) -> list[Any]:
    """What `work(part, first task, last task + 1)` gives for parts of about as many answers each."""
    cuts = np.searchsorted(counts.start, np.linspace(0, len(counts.cell), parts + 1)[1:-1])
    ranges = list(pairwise([0, *cuts.tolist(), counts.n_tasks]))
    return in_threads(lambda part: work(part, *ranges[part]), parts)


def _added(sums: FloatArray) -> FloatArray:
    """The tables of the parts [parts, ...] added in their order, in the memory of the first."""
    total = sums[0]
    for more in sums[1:]:
        total += more
    return np.asarray(total)


def _grouped(key: Indices, n_keys: int, column: Indices, *, compiled: bool) -> tuple[Places, Indices]:
    """Where each key begins [n_keys + 1], and the column ordered by `key`, stably."""
    start = np.zeros(n_keys + 1, dtype=np.int64)
    np.cumsum(np.bincount(key, minlength=n_keys), out=start[1:])
    if bool((key[1:] >= key[:-1]).all()):
        return start, column
    if not compiled:
        return start, column[np.argsort(key, kind="stable")]
    ordered = np.empty_like(column)
    kernels.grouped(key, column, start, ordered)
    return start, ordered
