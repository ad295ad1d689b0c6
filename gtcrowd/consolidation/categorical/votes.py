"""Shares of the votes: the result of a majority vote, and where other methods start."""

from __future__ import annotations

import numpy as np

from gtcrowd.consolidation.arrays import FloatArray, IntArray
from gtcrowd.consolidation.categorical.table import AnswerTable


def vote_shares(table: AnswerTable, gold: IntArray | None = None) -> FloatArray:
    """Return the share of the votes for each label of each task, [n_tasks, n_labels].

    Uniform for tasks without answers; 1 for the gold answer where `gold` [n_tasks] is not -1.
    """
    votes = table.votes()
    votes[table.answers_per_task() == 0] = 1.0
    if gold is not None:
        task = np.flatnonzero(gold >= 0)
        votes[task] = 0.0
        votes[task, gold[task]] = 1.0
    votes /= votes.sum(axis=1, keepdims=True)
    return votes
