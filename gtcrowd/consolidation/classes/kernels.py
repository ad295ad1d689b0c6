"""Compiled inner loops over answers that are compressed by task and by cell; see `compressed`.

Each loop works on a range of rows, releases the interpreter's lock, and writes only to its own rows, so that ranges
run in threads. Importing this module needs Numba; machine code is cached beside the module or in the user's cache.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

# Products of probabilities are turned into a logarithm before they can leave the range of a float64.
SMALL = 1e-200
# Tasks that are worked on at a time; their probabilities stay in the nearest cache.
BLOCK = 256
# Logarithms of probabilities so far below the greatest that they add nothing to a float64.
NOTHING = -60.0


def compiled(loop: F) -> F:
    """The loop as machine code."""
    return cast(F, numba.njit(nogil=True, cache=True, error_model="numpy")(loop))


@compiled
def grouped(key: Any, value: Any, start: Any, out: Any) -> None:
    """Put `value` [n] into `out` [n] ordered by `key` [n], stably; `start` [keys + 1] says where each key begins."""
    place = start[:-1].copy()
    for row in range(key.size):
        at = key[row]
        out[place[at]] = value[row]
        place[at] += 1


# Rows are indexed in both dimensions throughout: a row taken out as an array of its own costs more than what is done
# with it, because its memory is counted.


@compiled
def settle(joint: Any, row: int, known: int) -> float:
    """Turn a row of logarithms [rows, labels] into probabilities; gives ln of what they added up to."""
    labels = joint.shape[1]
    if known >= 0:
        kept = joint[row, known]
        for label in range(labels):
            joint[row, label] = 0.0
        joint[row, known] = 1.0
        return float(kept)
    top = joint[row, 0]
    for label in range(1, labels):
        top = max(top, joint[row, label])
    mass = 0.0
    for label in range(labels):
        below = joint[row, label] - top
        joint[row, label] = math.exp(below) if below > NOTHING else 0.0
        mass += joint[row, label]
    whole = 1.0 / mass
    for label in range(labels):
        joint[row, label] *= whole
    return float(top + math.log(mass))


@compiled
def posteriors(
    first: int, last: int, start: Any, cell: Any, table: Any, log_prior: Any, known: Any, posterior: Any
) -> float:
    """Posterior of the tasks `first` to below `last`, and the logarithm of the likelihood of their answers.

    table [cells, labels]: ln P(answer of the cell | truth); known: [tasks] or empty.
    """
    labels = log_prior.size
    total = 0.0
    for task in range(first, last):
        for label in range(labels):
            posterior[task, label] = log_prior[label]
        for at in range(start[task], start[task + 1]):
            here = cell[at]
            for label in range(labels):
                posterior[task, label] += table[here, label]
        total += settle(posterior, task, known[task] if known.size else -1)
    return total


@compiled
def both_steps(
    first: int, last: int, start: Any, cell: Any, table: Any, log_prior: Any, known: Any, classes: Any, counts: Any
) -> float:
    """`posteriors`, of which nothing is kept but their sums: classes [labels] and counts [cells, labels] grow.

    A block of tasks at a time, so that what is read and what is written are not mixed.
    """
    labels = log_prior.size
    chance = np.empty((BLOCK, labels))
    # Sums of another thread may lie in the same line of the cache; they are touched once, at the end.
    seen = np.zeros(labels)
    total = 0.0
    for begin in range(first, last, BLOCK):
        end = min(begin + BLOCK, last)
        for task in range(begin, end):
            row = task - begin
            for label in range(labels):
                chance[row, label] = log_prior[label]
            for at in range(start[task], start[task + 1]):
                here = cell[at]
                for label in range(labels):
                    chance[row, label] += table[here, label]
        for task in range(begin, end):
            row = task - begin
            total += settle(chance, row, known[task] if known.size else -1)
            for label in range(labels):
                seen[label] += chance[row, label]
        for task in range(begin, end):
            row = task - begin
            for at in range(start[task], start[task + 1]):
                here = cell[at]
                for label in range(labels):
                    counts[here, label] += chance[row, label]
    for label in range(labels):
        classes[label] += seen[label]
    return total


@compiled
def expected_counts(first: int, last: int, begin: Any, end: Any, task: Any, posterior: Any, out: Any) -> None:
    """For the stretches `first` to below `last` the sum of the posteriors of their tasks, out [stretches, labels]."""
    labels = posterior.shape[1]
    for stretch in range(first, last):
        for label in range(labels):
            out[stretch, label] = 0.0
        for at in range(begin[stretch], end[stretch]):
            here = task[at]
            for label in range(labels):
                out[stretch, label] += posterior[here, label]


@compiled
def pooled_evidence(
    first: int,
    last: int,
    start: Any,
    cell: Any,
    taught: Any,
    answers: Any,
    given: Any,
    right: Any,
    total: Any,
    correct: Any,
    share: Any,
    odds: Any,
    pull: Any,
    errors: Any,
    strength: float,
    trust: float,
    evidence: Any,
) -> None:
    """ln P(answers of a task | truth) for the tasks `first` to below `last`, under workers taught without that task.

    The names are those of `pooling.Pool`; taught [tasks, labels] is what each task taught. evidence [tasks, labels].
    """
    labels = odds.size
    joint, above, below = np.empty(labels), np.empty(labels), np.empty(labels)
    for task in range(first, last):
        for truth in range(labels):
            joint[truth] = 0.0
            above[truth] = 1.0
            below[truth] = 1.0
        for at in range(start[task], start[task + 1]):
            here = cell[at]
            worker, label = here // labels, here % labels
            accuracy = (correct[worker] - taught[task, label] + trust * share[worker]) / (total[worker] - 1.0 + trust)
            accuracy = min(max(accuracy, 0.01), 0.99)
            chance = accuracy / (1.0 - accuracy)
            low = 1.0
            for truth in range(labels):
                lean = chance * odds[truth]
                lean = lean / (1.0 + lean)
                seen = max(given[worker, truth] - taught[task, truth], 0.0) + strength
                hit = right[worker, truth] + strength * lean
                if truth == label:
                    hit = max(hit - taught[task, truth], strength * lean)
                    above[truth] *= hit
                else:
                    miss = (
                        max(answers[here, truth] - taught[task, truth], 0.0)
                        + strength * (1.0 - lean) * errors[label, truth]
                    )
                    above[truth] *= miss * pull[truth]
                below[truth] *= hit + max(seen - hit, 0.0) * pull[truth]
                low = min(low, above[truth])
                low = min(low, 1.0 / below[truth])
            if low < SMALL:
                for truth in range(labels):
                    joint[truth] += math.log(above[truth] / below[truth])
                    above[truth] = 1.0
                    below[truth] = 1.0
        for truth in range(labels):
            evidence[task, truth] = joint[truth] + math.log(above[truth]) - math.log(below[truth])
