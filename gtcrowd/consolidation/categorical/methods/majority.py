"""Majority vote: every answer counts the same.

The baseline of Snow, O'Connor, Jurafsky, Ng 2008, "Cheap and fast - but is it good?", p. 257.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd import language
from gtcrowd.consolidation.arrays import FloatArray, IntArray
from gtcrowd.consolidation.categorical import worker_accuracy as accuracies
from gtcrowd.consolidation.categorical.method import sharded_method
from gtcrowd.consolidation.categorical.shards import Dataset, Inference, Model, Shard
from gtcrowd.consolidation.categorical.table import AnswerTable
from gtcrowd.consolidation.categorical.votes import vote_shares


@sharded_method(
    name="majority",
    title=language.gettext_lazy("Majority vote"),
    summary=language.gettext_lazy("Every answer counts the same; the confidence is the share of the votes."),
    order=20,
    uses_gold=True,
    uses_worker_accuracy=False,
)
def majority(_dataset: Dataset, *, worker_accuracy: npt.ArrayLike | None) -> Model:
    """Learn nothing: a vote in which `worker_accuracy` counted would be a weighted one."""
    return Model(e_step=e_step)


def e_step(shard: Shard) -> Inference:
    """Return the shares of the votes as posterior: uniform without answers, certain for gold answers."""
    shares = vote_shares(shard.table, shard.gold)
    others = _leave_one_out_shares(shard.table, shares, shard.gold)
    return Inference(shares, shares, accuracies.uniform_error_ratio(others, shard.table.n_labels))


def _leave_one_out_shares(table: AnswerTable, shares: FloatArray, gold: IntArray | None) -> FloatArray:
    """Return, for each answer, the share of the other votes for its label, [n]; uniform if there are no others."""
    votes = table.answers_per_task()[table.task]
    rest = (shares.reshape(-1)[table.vote_index()] * votes - 1) / np.maximum(votes - 1, 1)
    rest = np.where(votes > 1, np.clip(rest, 0, 1), 1 / table.n_labels)
    if gold is None:
        return np.asarray(rest)
    truth = gold[table.task]
    return np.where(truth >= 0, truth == table.label, rest)
