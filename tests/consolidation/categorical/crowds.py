"""Crowds for the tests of this room: written out, or generated with a known truth."""

import numpy as np

from gtcrowd.consolidation import AnswerTable


def table(rows, n_labels=2, n_tasks=None, n_workers=None):
    """The table of rows (task, worker, label)."""
    task, worker, label = zip(*rows, strict=True) if rows else ([], [], [])
    return AnswerTable.from_codes(
        task,
        worker,
        label,
        n_tasks=max(task, default=-1) + 1 if n_tasks is None else n_tasks,
        n_workers=max(worker, default=-1) + 1 if n_workers is None else n_workers,
        n_labels=n_labels,
    )


def rows_of(answers):
    return list(zip(answers.task.tolist(), answers.worker.tolist(), answers.label.tolist(), strict=True))


def crowd(seed, *, tasks=300, workers=15, each=5, labels=3, skill=(0.5, 0.9)):
    """A crowd whose errors are even over the other labels: the table, the truth, and the workers' accuracies."""
    rng = np.random.default_rng(seed)
    right = rng.uniform(*skill, size=workers)
    even = (1 - right[:, None, None]) / (labels - 1) * (1 - np.eye(labels))
    answers, truth = crowd_of(rng, even + right[:, None, None] * np.eye(labels), tasks=tasks, each=each)
    return answers, truth, right


def crowd_of(rng, confusion, *, tasks, each, prior=None):
    """A crowd with these confusion matrices [workers, truth, answer], each task answered by `each` of them."""
    workers, labels = confusion.shape[:2]
    truth = rng.choice(labels, size=tasks, p=prior)
    rows = []
    for task in range(tasks):
        for worker in rng.choice(workers, each, replace=False):
            rows.append((task, int(worker), int(rng.choice(labels, p=confusion[worker, truth[task]]))))
    return table(rows, labels, tasks, workers), truth
