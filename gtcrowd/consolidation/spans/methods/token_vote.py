"""A majority vote for each unit of a text."""

from __future__ import annotations

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical.votes import vote_shares
from gtcrowd.consolidation.spans.entities import Entities
from gtcrowd.consolidation.spans.summary import mean_f1_with_label, summary
from gtcrowd.consolidation.spans.units import spans_of_tags, units
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.table import ValueTable


@method(
    name="token-vote",
    title=language.gettext_lazy("Majority vote per word"),
    summary=language.gettext_lazy("Gives each word the tag that most workers gave it."),
    order=20,
)
def token_vote(table: ValueTable[Entities]) -> Aggregation[list[Entities | None]]:
    """Give each unit the most frequent tag; in a tie outside before any label, then the label that sorts first.

    `part_confidence`: lowest share of the votes within the span. `confidence`: mean F1 of the answers with the label.
    """
    cut = units(table)
    shares = vote_shares(cut.table)
    tags = (shares >= shares.max(axis=1, keepdims=True) - 1e-9).argmax(axis=1)
    labels: list[Entities | None] = [None] * table.n_tasks
    parts: list[FloatArray] = [np.zeros(0)] * table.n_tasks
    for task in np.flatnonzero(table.answers_per_task()).tolist():
        rows = slice(cut.first[task], cut.first[task + 1])
        spans, ranges = spans_of_tags(cut, task, tags[rows])
        labels[task] = Entities(spans, cut.lengths[task])
        parts[task] = np.array([shares[rows][begin:end].max(axis=1).min() for begin, end in ranges])
    return summary(table, labels, parts, mean_f1_with_label(table, labels), method="token-vote", parameters={})
