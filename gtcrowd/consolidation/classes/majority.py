"""Majority vote: each answer counts the same.

The baseline of Snow, O'Connor, Jurafsky, Ng 2008, "Cheap and fast - but is it good?", p. 257.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.classes import workers
from gtcrowd.consolidation.classes.method import Method
from gtcrowd.consolidation.classes.parts import Crowd, Model, Opinion, Part
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray, IntArray


def learn(_crowd: Crowd, *, worker_accuracy: npt.ArrayLike | None) -> Model:
    """Nothing: that `worker_accuracy` changes nothing is what makes it a majority vote."""
    return Model(look=look)


def look(part: Part) -> Opinion:
    """Shares of the votes as posterior; uniform without answers; known labels are certain."""
    shares = vote_shares(part.table, part.known)
    ratio = workers.even_ratio(_votes_of_others(part.table, shares, part.known), part.table.n_labels)
    return Opinion(shares, shares, ratio)


def _votes_of_others(table: AnswerTable, shares: FloatArray, known: IntArray | None) -> FloatArray:
    """Share of the votes for each answer's label without that answer, [n]; even where nobody else answered."""
    votes = table.answers_per_task()[table.task]
    rest = (shares.reshape(-1)[table.cells()] * votes - 1) / np.maximum(votes - 1, 1)
    rest = np.where(votes > 1, np.clip(rest, 0, 1), 1 / table.n_labels)
    if known is None:
        return np.asarray(rest)
    truth = known[table.task]
    return np.where(truth >= 0, truth == table.label, rest)


def vote_shares(table: AnswerTable, known: IntArray | None = None) -> FloatArray:
    """Share of the votes for each label of each task, [n_tasks, n_labels]; also where other methods start."""
    votes = table.votes()
    votes[table.answers_per_task() == 0] = 1.0
    if known is not None:
        task = np.flatnonzero(known >= 0)
        votes[task] = 0.0
        votes[task, known[task]] = 1.0
    votes /= votes.sum(axis=1, keepdims=True)
    return votes


METHOD = Method(
    name="majority",
    title=language.later("Majority vote"),
    summary=language.later("Each answer counts the same; confidence is the share of the votes."),
    learn=learn,
    uses_known=True,
    uses_accuracy=False,
    parameters={},
)
