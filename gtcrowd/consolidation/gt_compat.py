"""The recipe that gives Ground Truth's own labels and confidences for single-choice jobs.

A "modified Dawid–Skene" of exactly two passes over one consolidation batch, each worker's matrix drawn
towards an even one of the worker's accuracy and of the crowd's. Nothing is kept between batches.
"""

import numpy as np

from gtcrowd.consolidation import steps
from gtcrowd.consolidation.conclusion import Conclusion, Floats, conclude
from gtcrowd.consolidation.table import AnswerTable

FIRST_ACCURACY = 0.7
PASSES = 2
TINY = 1e-300


def gt_compat(table: AnswerTable) -> Conclusion:
    """Labels and confidences of one batch. The confidence is 0.05 + 0.9 p in two places, p of the likeliest
    label; 0 throughout where no object was answered by more than one worker."""
    if table.n_labels < 2 or not len(table):
        return conclude("gt-compat", table, steps.vote_shares(table))
    answers = np.bincount(table.worker, minlength=table.n_workers).astype(float)
    posterior = np.full((table.n_tasks, table.n_labels), 1 / table.n_labels)
    confusion = np.repeat(_even(np.array([FIRST_ACCURACY]), table.n_labels), table.n_workers, axis=0)
    crowd = FIRST_ACCURACY
    answered = np.bincount(table.task, minlength=table.n_tasks) > 0
    for _pass in range(PASSES):
        prior = posterior[answered].mean(axis=0)
        posterior, _likelihood = steps.task_posterior(table, np.log(prior + TINY), np.log(confusion + TINY))
        confusion, crowd = _maximise(table, posterior, answers, crowd)
    found = conclude("gt-compat", table, posterior, steps=PASSES, confusion=confusion)
    single = np.bincount(table.task, minlength=table.n_tasks).max() == 1
    confidence = np.where(answered & ~single, np.round(0.05 + 0.9 * posterior.max(axis=1), 2), 0.0)
    return Conclusion(**{**vars(found), "confidence": confidence})


def _maximise(table: AnswerTable, posterior: Floats, answers: Floats, crowd: float) -> tuple[Floats, float]:
    counts = steps.expected_counts(table, posterior)
    present = answers > 0
    accuracy = np.divide(np.trace(counts, axis1=1, axis2=2), answers, out=np.full_like(answers, crowd), where=present)
    weight = np.where(present, answers, 1.0)[:, None, None]
    counts += weight * _even(accuracy, table.n_labels) + weight / 2 * _even(np.array([crowd]), table.n_labels)
    return counts / counts.sum(axis=2, keepdims=True), float(accuracy[present].mean())


def _even(accuracy: Floats, n_labels: int) -> Floats:
    """Matrices [len(accuracy), labels, labels]: the accuracy on the diagonal, the rest spread evenly."""
    matrices = np.repeat(((1 - accuracy) / (n_labels - 1))[:, None, None], n_labels, axis=1).repeat(n_labels, axis=2)
    matrices[:, range(n_labels), range(n_labels)] = accuracy[:, None]
    return matrices
