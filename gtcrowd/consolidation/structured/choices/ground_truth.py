"""Ground Truth's consolidation of multi-label classification: every chosen label is kept, with a confidence."""

from __future__ import annotations

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.categorical.methods.dawid_skene import dawid_skene
from gtcrowd.consolidation.categorical.table import AnswerTable
from gtcrowd.consolidation.structured.choices import Choices, label_matrix, summary
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.table import ValueTable


@method(
    name="ground-truth",
    title=language.gettext_lazy("Ground Truth"),
    summary=language.gettext_lazy("Keeps every label that any worker chose, with a confidence."),
    order=30,
)
def ground_truth(table: ValueTable[Choices]) -> Aggregation[list[Choices | None]]:
    """Keep every label that at least one worker chose.

    Each label is a separate question of two classes for `dawid_skene`. The confidence is the mean over the labels kept.
    """
    matrix = label_matrix(table)
    probability = np.zeros((table.n_tasks, len(matrix.labels)))
    for column in range(len(matrix.labels)):
        answers = AnswerTable.from_codes(
            matrix.task, matrix.worker, matrix.yes[:, column].astype(np.int32),
            n_tasks=table.n_tasks, n_workers=table.n_workers, n_labels=2,
        )  # fmt: skip
        probability[:, column] = dawid_skene.consolidate(answers).class_posterior[:, 1]
    return summary(
        table, matrix, probability, matrix.shares() > 0, method="ground-truth", parameters={}, mean_confidence=True
    )
