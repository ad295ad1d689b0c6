"""Compiled inner loops over answers that are compressed by task and by cell; see `compressed`.

Each loop works on a range of rows, releases the interpreter's lock, and writes only to its own rows, so that ranges
run in threads. Importing this module needs Numba; machine code is cached beside the module or in the user's cache.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

# Products of probabilities are turned into a logarithm before they can leave the range of a float64.
SMALL = 1e-200


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


@compiled
def settle(joint: Any, known: int, posterior: Any) -> float:
    """Write the posterior of one task from `joint` [labels] of logarithms (changed); give ln of what they add up to."""
    labels = joint.size
    if known >= 0:
        for label in range(labels):
            posterior[label] = 0.0
        posterior[known] = 1.0
        return float(joint[known])
    top = joint[0]
    for label in range(1, labels):
        top = max(top, joint[label])
    mass = 0.0
    for label in range(labels):
        joint[label] = np.exp(joint[label] - top)
        mass += joint[label]
    for label in range(labels):
        posterior[label] = joint[label] / mass
    return float(top + np.log(mass))


@compiled
def posteriors(
    first: int, last: int, start: Any, cell: Any, table: Any, log_prior: Any, known: Any, posterior: Any
) -> float:
    """Posterior of the tasks `first` to below `last`, and the logarithm of the likelihood of their answers.

    table [cells, labels]: ln P(answer of the cell | truth); known: [tasks] or empty.
    """
    labels = log_prior.size
    joint = np.empty(labels)
    total = 0.0
    for task in range(first, last):
        joint[:] = log_prior
        for at in range(start[task], start[task + 1]):
            row = table[cell[at]]
            for label in range(labels):
                joint[label] += row[label]
        total += settle(joint, known[task] if known.size else -1, posterior[task])
    return total


@compiled
def expected_counts(first: int, last: int, begin: Any, end: Any, task: Any, posterior: Any, out: Any) -> None:
    """For the stretches `first` to below `last` the sum of the posteriors of their tasks, out [stretches, labels]."""
    labels = posterior.shape[1]
    total = np.empty(labels)
    for stretch in range(first, last):
        total[:] = 0.0
        for at in range(begin[stretch], end[stretch]):
            row = posterior[task[at]]
            for label in range(labels):
                total[label] += row[label]
        out[stretch] = total


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
        joint[:] = 0.0
        above[:] = 1.0
        below[:] = 1.0
        own = taught[task]
        for at in range(start[task], start[task + 1]):
            here = cell[at]
            worker, label = here // labels, here % labels
            accuracy = (correct[worker] - own[label] + trust * share[worker]) / (total[worker] - 1.0 + trust)
            accuracy = min(max(accuracy, 0.01), 0.99)
            chance = accuracy / (1.0 - accuracy)
            low = 1.0
            for truth in range(labels):
                lean = chance * odds[truth]
                lean = lean / (1.0 + lean)
                seen = max(given[worker, truth] - own[truth], 0.0) + strength
                hit = right[worker, truth] + strength * lean
                if truth == label:
                    hit = max(hit - own[truth], strength * lean)
                    above[truth] *= hit
                else:
                    miss = max(answers[here, truth] - own[truth], 0.0) + strength * (1.0 - lean) * errors[label, truth]
                    above[truth] *= miss * pull[truth]
                below[truth] *= hit + max(seen - hit, 0.0) * pull[truth]
                low = min(low, above[truth])
                low = min(low, 1.0 / below[truth])
            if low < SMALL:
                for truth in range(labels):
                    joint[truth] += np.log(above[truth] / below[truth])
                    above[truth] = 1.0
                    below[truth] = 1.0
        for truth in range(labels):
            evidence[task, truth] = joint[truth] + np.log(above[truth]) - np.log(below[truth])
