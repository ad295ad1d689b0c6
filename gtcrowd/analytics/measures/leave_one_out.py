"""What the others make probable: the posterior of an object without the answer that is looked at."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

LEAST = 1e-4
CORRELATION = 0.3
"""How far answers to one object hang together where the method has not measured it: typical of recorded crowds."""
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
    """Probability of each value for each answer's object, as all other answers have it, [n, values].

    confusion [workers, right, answer]; prior [values]. The evidence of k answers that each two correlate by rho counts
    k / (1 + (k - 1) rho) answers' worth (Kish 1965, "Survey sampling", section 5.4).
    """
    log = np.log(np.maximum(confusion, LEAST))
    values = confusion.shape[1]
    total = np.zeros((n_tasks, values))
    for place in range(values):
        total[:, place] = np.bincount(task, log[worker, place, value], n_tasks)
    others = np.bincount(task, minlength=n_tasks)[task] - 1
    share = 1 / (1 + np.maximum(others - 1, 0) * correlation)
    found = np.empty((len(task), values))
    start = np.log(np.maximum(prior, LEAST))
    for first in range(0, len(task), CHUNK):
        here = slice(first, first + CHUNK)
        joint = start + share[here, None] * (total[task[here]] - log[worker[here], :, value[here]])
        joint -= joint.max(axis=1, keepdims=True)
        np.exp(joint, out=joint)
        found[here] = joint / joint.sum(axis=1, keepdims=True)
    return found
