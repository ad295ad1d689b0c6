"""The answer that is most similar to the others; the default for texts.

The answer with the greatest expected similarity to a good one: Kumar, Byrne 2004, "Minimum Bayes-risk decoding for
statistical machine translation", section 2. Answers are weighted by how similar to the others their worker's answers
usually are: the idea of Li, Fukumoto 2019, "A dataset of crowdsourced word sequences", section 4 (reliability-aware
sequence aggregation), with n-grams in place of embeddings.
"""

from __future__ import annotations

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.text import Texts
from gtcrowd.consolidation.structured.text.similarity import PARAMETERS, similar_pairs, summary, weighted


@method(
    name="medoid",
    title=language.gettext_lazy("Medoid"),
    summary=language.gettext_lazy("Chooses the answer that is most similar to the others."),
    order=10,
    parameters=PARAMETERS,
)
def medoid(table: Texts, *, worker_answers: float = 5.0, turns: int = 5) -> Aggregation[list[str | None]]:
    """Choose, for each task, the answer that is most similar to the others.

    worker_answers   weight of the crowd's similarity in that of a worker, in answers
    turns            iterations of similarities and weights

    The confidence is the weighted mean similarity of the chosen answer to the others, 0 if there are none. Of equally
    similar answers, the one that sorts first is chosen.
    """
    pairs = similar_pairs(table)
    weight, chosen, score = weighted(table, pairs, worker_answers, turns)
    labels: list[str | None] = [None] * table.n_tasks
    confidence = np.zeros(table.n_tasks)
    for task, row in chosen.items():
        labels[task] = table.value[row]
        confidence[task] = score[row]
    return summary(
        table, labels, confidence, score, pairs, method="medoid",
        parameters={"worker_answers": worker_answers, "turns": turns}, weight=weight, steps=turns,
    )  # fmt: skip
