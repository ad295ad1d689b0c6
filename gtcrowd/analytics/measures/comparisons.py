"""Compare answers with other answers and with references, as parallel arrays with one entry per answer.

Objects, workers and values are codes from 0. An answer is never compared with itself.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
MOST_COMPARED = 5
"""Maximum number of other answers for a costly similarity; more would hardly change the mean."""


def agreement_with_others(task: Codes, value: Codes, *, n_tasks: int, n_values: int) -> tuple[Any, FloatArray]:
    """Return whether other workers answered the same object, and the agreement with their most frequent answer, [n].

    task, value  [n]  codes

    Agreement with one of m tied answers counts 1/m, the expectation of choosing one of them at random. The answer's own
    vote is removed first; otherwise an object with two answers could not show any disagreement.
    """
    votes = np.bincount(task * n_values + value, minlength=n_tasks * n_values).reshape(n_tasks, n_values)
    others = votes[task].astype(np.int64)
    rows = np.arange(len(task))
    others[rows, value] -= 1
    most = others.max(axis=1) if len(task) else np.zeros(0, np.int64)
    tied = (others == most[:, None]).sum(axis=1)
    compared = most > 0
    agreed = np.where(compared & (others[rows, value] == most), 1 / np.maximum(tied, 1), 0.0)
    return compared, agreed


def similarity_to_others(
    task: Codes, values: Sequence[Any], similarity: Callable[[Any, Any], float]
) -> tuple[npt.NDArray[np.bool_], FloatArray]:
    """Return whether other workers answered the same object, and the mean similarity to their answers, [n].

    task        [n]  codes, ascending
    values      [n]  answers
    similarity  similarity of two values, from 0 to 1

    Each answer is compared with the next MOST_COMPARED answers in the cycle of the object's answers, so every answer is
    used equally often.
    """
    agreed = np.zeros(len(task))
    compared = np.zeros(len(task), dtype=bool)
    first = np.flatnonzero(np.diff(task, prepend=-1))
    for start, end in zip(first.tolist(), [*first[1:].tolist(), len(task)], strict=True):
        size = end - start
        if size < 2:
            continue
        compared[start:end] = True
        steps = range(1, min(size, MOST_COMPARED + 1))
        computed: dict[tuple[int, int], float] = {}
        for own in range(size):
            total = 0.0
            for step in steps:
                pair = (own, (own + step) % size)
                pair = (min(pair), max(pair))
                if pair not in computed:
                    computed[pair] = similarity(values[start + pair[0]], values[start + pair[1]])
                total += computed[pair]
            agreed[start + own] = total / len(steps)
    return compared, agreed


def confusion(worker: Codes, reference: Codes, value: Codes, *, n_workers: int, n_values: int) -> npt.NDArray[np.int64]:
    """Return counts [workers, reference, answer]; answers without a reference (-1) are left out."""
    present = reference >= 0
    cell = (worker[present] * n_values + reference[present]) * n_values + value[present]
    return np.bincount(cell, minlength=n_workers * n_values**2).reshape(n_workers, n_values, n_values)
