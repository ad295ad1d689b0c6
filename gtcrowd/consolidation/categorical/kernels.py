"""Compiled inner loops over answers that are ordered by task; see `steps`.

Each loop works on a range of tasks, releases the GIL, and writes only to its own rows or sums, so that ranges run in
threads. Importing this module needs Numba; machine code is cached beside the module or in the user's cache.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

# Products of probabilities are turned into a logarithm before they leave the range of a float64.
SMALL = 1e-200
LARGE = 1e200
# Tasks per block; their probabilities fit into the fastest cache.
BLOCK = 256
# Logarithms of probabilities so far below the largest that they add nothing to a float64.
NEGLIGIBLE = -60.0
# ln 2 in two parts, the first with few enough digits that a small whole number of them is exact.
LOG2_E, LN2_HIGH, LN2_LOW = 1 / math.log(2), 0.693147180369123816490, 1.90821492927058770002e-10


def compiled(loop: F) -> F:
    """Compile the loop to machine code."""
    return cast(F, numba.njit(nogil=True, cache=True, error_model="numpy")(loop))


@compiled
def group(key: Any, value: Any, start: Any, out: Any) -> None:
    """Write `value` [n] to `out` [n], stably ordered by `key` [n]; key `k` starts at `start[k]`, [keys + 1]."""
    next_row = start[:-1].copy()
    for row in range(key.size):
        k = key[row]
        out[next_row[k]] = value[row]
        next_row[k] += 1


# Arrays are indexed in both dimensions throughout: taking out a row as an array of its own costs more than what is done
# with it, because of reference counting.


@compiled
def exponentials(value: Any, power: Any, factor: Any) -> None:
    """Replace each of `value` [n], at most 0, by its exponential; below `NEGLIGIBLE` the result is 0.

    x = n ln 2 + r with |r| <= ln 2 / 2, and e^r by its Taylor series to the 13th power, whose error there is below
    rounding (Tang 1989, "Table-driven implementation of the exponential function", section 2, without the
    table). The library's function takes one number at a time; these loops are vectorised.

    power    int64 [n or more], buffer for 2^n
    factor   the same memory as float64
    """
    for i in range(value.size):
        x = max(value[i], NEGLIGIBLE)
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
        power[i] = (np.int64(twos) + 1023) << 52
        value[i] = series if value[i] > NEGLIGIBLE else 0.0
    for i in range(value.size):
        value[i] *= factor[i]


@compiled
def fix(joint: Any, rows: int, first: int, gold: Any) -> None:
    """Leave tasks with a gold answer no other label, in the first rows of `joint` [BLOCK, labels].

    first   task of the first row
    gold    [tasks] code or -1, or empty
    """
    for row in range(rows if gold.size else 0):
        label = gold[first + row]
        if label >= 0:
            value = joint[row, label]
            joint[row, :] = -np.inf
            joint[row, label] = value


@compiled
def normalise(transposed: Any, top: Any, mass: Any, power: Any) -> None:
    """Turn logarithms [labels, BLOCK] into probabilities of each column, in place.

    top, mass   [BLOCK], set to the maximum of each column and the sum of the exponentials above it
    power       int64 [labels * BLOCK], buffer for `exponentials`

    With a label's numbers side by side each loop is over tasks, which is vectorised, and not over a few labels each of
    which depends on the one before.
    """
    labels = transposed.shape[0]
    top[:] = transposed[0]
    mass[:] = 0.0
    for label in range(1, labels):
        for row in range(BLOCK):
            top[row] = max(top[row], transposed[label, row])
    for label in range(labels):
        for row in range(BLOCK):
            transposed[label, row] -= top[row]
    exponentials(transposed.reshape(-1), power, power.view(np.float64))
    for label in range(labels):
        for row in range(BLOCK):
            mass[row] += transposed[label, row]
    for label in range(labels):
        for row in range(BLOCK):
            transposed[label, row] /= mass[row]


@compiled
def normalise_rows(joint: Any, rows: int, transposed: Any, top: Any, mass: Any, power: Any) -> float:
    """Turn the first rows of logarithms [BLOCK, labels] into probabilities; return the sum of their log-normalisers.

    transposed   [labels, BLOCK], buffer; the other buffers are those of `normalise`
    """
    labels = joint.shape[1]
    for label in range(labels):
        for row in range(BLOCK):
            transposed[label, row] = joint[row, label]
    normalise(transposed, top, mass, power)
    for row in range(rows):
        for label in range(labels):
            joint[row, label] = transposed[label, row]
    total, product = 0.0, 1.0
    for row in range(rows):
        total += top[row]
        product *= mass[row]
        if product > LARGE:
            total += math.log(product)
            product = 1.0
    return total + math.log(product)


@compiled
def gather(first: int, last: int, start: Any, pair: Any, table: Any, log_prior: Any, joint: Any) -> None:
    """Write ln P(class, answers) of tasks `first` to `last` - 1 to the first rows of `joint` [BLOCK, labels]."""
    labels = log_prior.size
    for task in range(first, last):
        row = task - first
        for label in range(labels):
            joint[row, label] = log_prior[label]
        for i in range(start[task], start[task + 1]):
            index = pair[i]
            for label in range(labels):
                joint[row, label] += table[index, label]


@compiled
def posteriors(
    first: int, last: int, start: Any, pair: Any, table: Any, log_prior: Any, gold: Any, posterior: Any
) -> float:
    """Write the posterior [tasks, labels] of tasks `first` to `last` - 1; return the log-likelihood of their answers.

    start, pair   see `steps.Counts`
    table         [pairs, labels], ln P(answer of the pair | truth)
    gold          [tasks] code or -1, or empty
    """
    labels = log_prior.size
    probability, transposed = np.zeros((BLOCK, labels)), np.empty((labels, BLOCK))
    top, mass, power = np.empty(BLOCK), np.empty(BLOCK), np.empty(labels * BLOCK, np.int64)
    total = 0.0
    for begin in range(first, last, BLOCK):
        end = min(begin + BLOCK, last)
        gather(begin, end, start, pair, table, log_prior, probability)
        fix(probability, end - begin, begin, gold)
        total += normalise_rows(probability, end - begin, transposed, top, mass, power)
        for task in range(begin, end):
            for label in range(labels):
                posterior[task, label] = probability[task - begin, label]
    return total


@compiled
def em_step(
    first: int, last: int, start: Any, pair: Any, table: Any, log_prior: Any, gold: Any, classes: Any, counts: Any
) -> float:
    """Add the `posteriors` of tasks `first` to `last` - 1 to `classes` [labels] and to `counts` [pairs, labels].

    Returns the log-likelihood. Works on a block of tasks at a time, so that reads and writes are not mixed.
    """
    labels = log_prior.size
    probability, transposed = np.zeros((BLOCK, labels)), np.empty((labels, BLOCK))
    top, mass, power = np.empty(BLOCK), np.empty(BLOCK), np.empty(labels * BLOCK, np.int64)
    # Sums of another thread may be in the same cache line; they are touched once, at the end.
    own_classes = np.zeros(labels)
    total = 0.0
    for begin in range(first, last, BLOCK):
        end = min(begin + BLOCK, last)
        gather(begin, end, start, pair, table, log_prior, probability)
        fix(probability, end - begin, begin, gold)
        total += normalise_rows(probability, end - begin, transposed, top, mass, power)
        for task in range(begin, end):
            row = task - begin
            for label in range(labels):
                own_classes[label] += probability[row, label]
            for i in range(start[task], start[task + 1]):
                index = pair[i]
                for label in range(labels):
                    counts[index, label] += probability[row, label]
    for label in range(labels):
        classes[label] += own_classes[label]
    return total


@compiled
def pair_sums(first: int, last: int, start: Any, pair: Any, rows: Any, out: Any) -> None:
    """Add the rows [tasks, width] of tasks `first` to `last` - 1 to each of their pairs in `out` [pairs, width]."""
    width = rows.shape[1]
    for task in range(first, last):
        for i in range(start[task], start[task + 1]):
            index = pair[i]
            for column in range(width):
                out[index, column] += rows[task, column]


@compiled
def pooled_evidence(
    first: int,
    last: int,
    start: Any,
    pair: Any,
    contributions: Any,
    answers: Any,
    total_by_truth: Any,
    correct_by_truth: Any,
    total: Any,
    correct: Any,
    share: Any,
    odds: Any,
    pull: Any,
    errors: Any,
    strength: float,
    weight: float,
    evidence: Any,
) -> None:
    """Write ln P(answers of a task | truth) of tasks `first` to `last` - 1 to `evidence` [tasks, labels].

    Workers are estimated without the task itself: `contributions` [tasks, labels] is what each task put into the pool.
    The other names are those of `pooling.Pool`; strength and weight are `row_answers` and `worker_answers`.
    """
    labels = odds.size
    joint, numerator, denominator = np.empty(labels), np.empty(labels), np.empty(labels)
    for task in range(first, last):
        for truth in range(labels):
            joint[truth] = 0.0
            numerator[truth] = 1.0
            denominator[truth] = 1.0
        for i in range(start[task], start[task + 1]):
            index = pair[i]
            worker, label = index // labels, index % labels
            accuracy = (correct[worker] - contributions[task, label] + weight * share[worker]) / (
                total[worker] - 1.0 + weight
            )
            accuracy = min(max(accuracy, 0.01), 0.99)
            probability = accuracy / (1.0 - accuracy)
            smallest = 1.0
            for truth in range(labels):
                class_accuracy = probability * odds[truth]
                class_accuracy = class_accuracy / (1.0 + class_accuracy)
                total_here = max(total_by_truth[worker, truth] - contributions[task, truth], 0.0) + strength
                hit = correct_by_truth[worker, truth] + strength * class_accuracy
                if truth == label:
                    hit = max(hit - contributions[task, truth], strength * class_accuracy)
                    numerator[truth] *= hit
                else:
                    miss = (
                        max(answers[index, truth] - contributions[task, truth], 0.0)
                        + strength * (1.0 - class_accuracy) * errors[label, truth]
                    )
                    numerator[truth] *= miss * pull[truth]
                denominator[truth] *= hit + max(total_here - hit, 0.0) * pull[truth]
                smallest = min(smallest, numerator[truth])
                smallest = min(smallest, 1.0 / denominator[truth])
            if smallest < SMALL:
                for truth in range(labels):
                    joint[truth] += math.log(numerator[truth] / denominator[truth])
                    numerator[truth] = 1.0
                    denominator[truth] = 1.0
        for truth in range(labels):
            evidence[task, truth] = joint[truth] + math.log(numerator[truth]) - math.log(denominator[truth])
