"""A majority vote for each label."""

from __future__ import annotations

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.structured.choices import Choices, label_matrix, summary
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.table import ValueTable


@method(
    name="per-label-vote",
    title=language.gettext_lazy("Majority vote per label"),
    summary=language.gettext_lazy("Chooses the labels that more than half of the answers have."),
    order=20,
)
def per_label_vote(table: ValueTable[Choices]) -> Aggregation[list[Choices | None]]:
    """Choose the labels in more than half of a task's answers; confidences are from the shares of the votes."""
    matrix = label_matrix(table)
    shares = matrix.shares()
    return summary(table, matrix, shares, shares > 0.5, method="per-label-vote", parameters={})
