"""Compute leave-one-out posteriors: the probability of each value of an object from all answers but one."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

LEAST = 1e-4
CORRELATION = 0.3
"""Correlation ρ of answers to one object if the method has not estimated it; typical of recorded crowds."""
CHUNK = 1 << 18


def probability(
    task: Codes,
    worker: Codes,
    value: Codes,
    *,
    confusion: FloatArray,
    prior: FloatArray,
    n_tasks: int,
    correlation: float = CORRELATION,
) -> FloatArray:
    """Return the posterior of each answer's object without this answer, [n, values].

    task, worker, value  [n]                        codes
    confusion            [workers, values, values]  answer distribution of each worker, rows: true value
    prior                [values]
    correlation          ρ; the k other answers have the effective size k / (1 + (k - 1) ρ) (Kish 1965, "Survey
                         sampling", section 5.4)

        p(z | y_-j) ∝ prior(z) Π_{i ≠ j} confusion_i(z, y_i) ^ (1 / (1 + (k - 1) ρ))
    """
    log = np.log(np.maximum(confusion, LEAST))
    values = confusion.shape[1]
    total = np.zeros((n_tasks, values))
    for true in range(values):
        total[:, true] = np.bincount(task, log[worker, true, value], n_tasks)
    others = np.bincount(task, minlength=n_tasks)[task] - 1
    exponent = 1 / (1 + np.maximum(others - 1, 0) * correlation)
    posterior = np.empty((len(task), values))
    log_prior = np.log(np.maximum(prior, LEAST))
    for first in range(0, len(task), CHUNK):
        chunk = slice(first, first + CHUNK)
        joint = log_prior + exponent[chunk, None] * (total[task[chunk]] - log[worker[chunk], :, value[chunk]])
        joint -= joint.max(axis=1, keepdims=True)
        np.exp(joint, out=joint)
        posterior[chunk] = joint / joint.sum(axis=1, keepdims=True)
    return posterior
