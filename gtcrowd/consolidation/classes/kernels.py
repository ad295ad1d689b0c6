"""Compiled inner loops over answers that are ordered by task; see `steps`.

Each loop works on a range of tasks, releases the interpreter's lock, and writes only to its own rows or sums, so
that ranges run in threads. Importing this module needs Numba; machine code is cached beside the module or in the
user's cache.
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
LARGE = 1e200
# Tasks that are worked on at a time; their probabilities stay in the nearest cache.
BLOCK = 256
# Logarithms of probabilities so far below the greatest that they add nothing to a float64.
NOTHING = -60.0
# ln 2 in two parts, the first with few enough digits that a small whole number of them is exact.
LOG2_E, LN2_HIGH, LN2_LOW = 1 / math.log(2), 0.693147180369123816490, 1.90821492927058770002e-10


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
def exponentials(value: Any, power: Any, factor: Any) -> None:
    """e to each of `value` [n], in place; they are at most 0, and below `NOTHING` the result is 0.

    x = n ln 2 + r with |r| <= ln 2 / 2, and e to the r by its Taylor series to the 13th power, whose error there is
    below a rounding (Tang 1989, "Table-driven implementation of the exponential function", section 2, without the
    table). The library's function takes one number at a time; these loops take as many as the machine can at once.
    power int64 [n or more]: room for 2 to the n; factor is the same memory as float64.
    """
    for at in range(value.size):
        x = max(value[at], NOTHING)
        twos = math.floor(x * LOG2_E + 0.5)
        r = (x - twos * LN2_HIGH) - twos * LN2_LOW
        series = r * (1.0 / 6227020800.0) + (1.0 / 479001600.0)
        series = series * r + (1.0 / 39916800.0)
        series = series * r + (1.0 / 3628800.0)
        series = series * r + (1.0 / 362880.0)
        series = series * r + (1.0 / 40320.0)
        series = series * r + (1.0 / 5040.0)
        series = series * r + (1.0 / 720.0)
        series = series * r + (1.0 / 120.0)
        series = series * r + (1.0 / 24.0)
        series = series * r + (1.0 / 6.0)
        series = series * r + 0.5
        series = (series * r + 1.0) * r + 1.0
        power[at] = (np.int64(twos) + 1023) << 52
        value[at] = series if value[at] > NOTHING else 0.0
    for at in range(value.size):
        value[at] *= factor[at]


@compiled
def clamp(joint: Any, rows: int, first: int, known: Any) -> None:
    """Leave the first rows [rows, labels] whose task is known no other label; `first` is the task of the first row."""
    for row in range(rows if known.size else 0):
        label = known[first + row]
        if label >= 0:
            kept = joint[row, label]
            joint[row, :] = -np.inf
            joint[row, label] = kept


@compiled
def normalise(across: Any, top: Any, mass: Any, power: Any) -> None:
    """Turn logarithms [labels, BLOCK] into probabilities of each column; `top` and `mass` [BLOCK] are what it took.

    With a label's numbers side by side each loop is over tasks, which the machine does several at a time, and not
    over a few labels of which each waits for the one before. power [labels * BLOCK]: room for `exponentials`.
    """
    labels = across.shape[0]
    top[:] = across[0]
    mass[:] = 0.0
    for label in range(1, labels):
        for row in range(BLOCK):
            top[row] = max(top[row], across[label, row])
    for label in range(labels):
        for row in range(BLOCK):
            across[label, row] -= top[row]
    exponentials(across.reshape(-1), power, power.view(np.float64))
    for label in range(labels):
        for row in range(BLOCK):
            mass[row] += across[label, row]
    for label in range(labels):
        for row in range(BLOCK):
            across[label, row] /= mass[row]


@compiled
def settle(joint: Any, rows: int, across: Any, top: Any, mass: Any, power: Any) -> float:
    """Turn the first rows of logarithms [BLOCK, labels] into probabilities; gives ln of what they added up to, summed.

    across [labels, BLOCK] is room for them the other way round; the rest as for `normalise`.
    """
    labels = joint.shape[1]
    for label in range(labels):
        for row in range(BLOCK):
            across[label, row] = joint[row, label]
    normalise(across, top, mass, power)
    for row in range(rows):
        for label in range(labels):
            joint[row, label] = across[label, row]
    total, product = 0.0, 1.0
    for row in range(rows):
        total += top[row]
        product *= mass[row]
        if product > LARGE:
            total += math.log(product)
            product = 1.0
    return total + math.log(product)


@compiled
def gather(first: int, last: int, start: Any, cell: Any, table: Any, log_prior: Any, joint: Any) -> None:
    """ln P(class, answers) of the tasks `first` to below `last`, into the first rows of `joint` [BLOCK, labels]."""
    labels = log_prior.size
    for task in range(first, last):
        row = task - first
        for label in range(labels):
            joint[row, label] = log_prior[label]
        for at in range(start[task], start[task + 1]):
            here = cell[at]
            for label in range(labels):
                joint[row, label] += table[here, label]


@compiled
def posteriors(
    first: int, last: int, start: Any, cell: Any, table: Any, log_prior: Any, known: Any, posterior: Any
) -> float:
    """Posterior of the tasks `first` to below `last`, and the logarithm of the likelihood of their answers.

    table [cells, labels]: ln P(answer of the cell | truth); known: [tasks] or empty.
    """
    labels = log_prior.size
    chance, across = np.zeros((BLOCK, labels)), np.empty((labels, BLOCK))
    top, mass, power = np.empty(BLOCK), np.empty(BLOCK), np.empty(labels * BLOCK, np.int64)
    total = 0.0
    for begin in range(first, last, BLOCK):
        end = min(begin + BLOCK, last)
        gather(begin, end, start, cell, table, log_prior, chance)
        clamp(chance, end - begin, begin, known)
        total += settle(chance, end - begin, across, top, mass, power)
        for task in range(begin, end):
            for label in range(labels):
                posterior[task, label] = chance[task - begin, label]
    return total


@compiled
def both_steps(
    first: int, last: int, start: Any, cell: Any, table: Any, log_prior: Any, known: Any, classes: Any, counts: Any
) -> float:
    """`posteriors`, of which nothing is kept but their sums: classes [labels] and counts [cells, labels] grow.

    A block of tasks at a time, so that what is read and what is written are not mixed.
    """
    labels = log_prior.size
    chance, across = np.zeros((BLOCK, labels)), np.empty((labels, BLOCK))
    top, mass, power = np.empty(BLOCK), np.empty(BLOCK), np.empty(labels * BLOCK, np.int64)
    # Sums of another thread may lie in the same line of the cache; they are touched once, at the end.
    seen = np.zeros(labels)
    total = 0.0
    for begin in range(first, last, BLOCK):
        end = min(begin + BLOCK, last)
        gather(begin, end, start, cell, table, log_prior, chance)
        clamp(chance, end - begin, begin, known)
        total += settle(chance, end - begin, across, top, mass, power)
        for task in range(begin, end):
            row = task - begin
            for label in range(labels):
                seen[label] += chance[row, label]
            for at in range(start[task], start[task + 1]):
                here = cell[at]
                for label in range(labels):
                    counts[here, label] += chance[row, label]
    for label in range(labels):
        classes[label] += seen[label]
    return total


@compiled
def cell_sums(first: int, last: int, start: Any, cell: Any, rows: Any, out: Any) -> None:
    """Add the rows [tasks, width] of the tasks `first` to below `last` to each of their cells, out [cells, width]."""
    width = rows.shape[1]
    for task in range(first, last):
        for at in range(start[task], start[task + 1]):
            here = cell[at]
            for place in range(width):
                out[here, place] += rows[task, place]


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
