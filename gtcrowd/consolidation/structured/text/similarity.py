"""How similar the answers to a task are, and the weights of workers that follow from it.

Texts are compared by the n-grams of words and of characters that they share, in equal parts; the former is how
translations are evaluated, the latter also works for scripts without spaces. No language model is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.structured.summary import summarise
from gtcrowd.consolidation.structured.text import WORD, Texts

PARAMETERS = {
    "worker_answers": Parameter(5.0, 1e-3, 1e6, "weight of the crowd's similarity for a worker, in answers"),
    "turns": Parameter(5, 1, 1000, "alternating estimates of similarities and weights"),
}
# Longest n-grams that are compared, of words and of characters.
MAX_WORDS, MAX_CHARACTERS = 4, 6


@dataclass(frozen=True, eq=False)
class Pairs:
    """All ordered pairs of answers of different workers to one task: their rows and similarity, 0 to 1, [pairs]."""

    first: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]
    similarity: FloatArray


def similar_pairs(table: Texts) -> Pairs:
    """Return all pairs with their similarity."""
    rows_a: list[npt.NDArray[np.int64]] = [np.zeros(0, np.int64)]
    rows_b: list[npt.NDArray[np.int64]] = [np.zeros(0, np.int64)]
    for rows in table.rows_by_task():
        a, b = np.meshgrid(rows, rows, indexing="ij")
        different = table.worker[a] != table.worker[b]
        rows_a.append(a[different])
        rows_b.append(b[different])
    first, second = np.concatenate(rows_a), np.concatenate(rows_b)
    if not len(first):
        return Pairs(first, second, np.zeros(0))
    # Texts without any word are equal to each other; the sign stands for "empty".
    texts = [text.strip() or "∅" for text in table.value]
    of_words = TfidfVectorizer(token_pattern=WORD.pattern, ngram_range=(1, MAX_WORDS), use_idf=False, dtype=np.float64)
    of_characters = TfidfVectorizer(analyzer="char", ngram_range=(1, MAX_CHARACTERS), use_idf=False, dtype=np.float64)
    vector = sparse.hstack([grams.fit_transform(texts) for grams in (of_words, of_characters)]).tocsr() * np.sqrt(0.5)
    step = 1 << 16
    similarity = [
        np.asarray(vector[first[at : at + step]].multiply(vector[second[at : at + step]]).sum(axis=1)).reshape(-1)
        for at in range(0, len(first), step)
    ]
    return Pairs(first, second, np.clip(np.concatenate(similarity), 0.0, 1.0))


def weighted(
    table: Texts, pairs: Pairs, worker_answers: float, turns: int
) -> tuple[FloatArray, dict[int, int], FloatArray]:
    """Estimate workers' weights and answers' similarity to the others alternately.

    Returns the weights [n_workers], the row of the most similar answer of each task (ties go to the text that sorts
    first), and the weighted mean similarity of each row to the others [n].
    """
    weight = np.ones(table.n_workers)
    rows_a, other, similarity = pairs.first, pairs.second, pairs.similarity
    typical = float(similarity.mean()) if len(similarity) else 0.5
    score = np.zeros(len(table))
    for _ in range(turns):
        other_weight = weight[table.worker[other]]
        total = np.bincount(rows_a, other_weight, len(table))
        summed = np.bincount(rows_a, other_weight * similarity, len(table))
        score = np.divide(summed, total, out=np.zeros(len(table)), where=total > 0)
        compared = (total > 0).astype(np.float64)
        own = np.bincount(table.worker, score * compared, table.n_workers) + worker_answers * typical
        n = np.bincount(table.worker, compared, table.n_workers) + worker_answers
        mean = np.clip(own / n, 1e-3, 1 - 1e-3)
        weight = mean / (1 - mean)
    chosen: dict[int, int] = {}
    for row in sorted(range(len(table)), key=lambda row: (-round(float(score[row]), 9), table.value[row], row)):
        chosen.setdefault(int(table.task[row]), row)
    return weight, chosen, score


def summary(
    table: Texts,
    labels: list[str | None],
    confidence: FloatArray,
    score: FloatArray,
    pairs: Pairs,
    *,
    method: str,
    parameters: Mapping[str, float],
    weight: FloatArray,
    steps: int,
) -> Aggregation[list[str | None]]:
    """Return the result of a method; `score` [n] and `weight` [n_workers] are those of `weighted`."""
    # An answer without others to compare with says nothing about its worker: it counts as half.
    alone = np.bincount(pairs.first, minlength=len(table)) == 0
    return summarise(
        table, labels, confidence=confidence, score=np.where(alone, 0.5, score),
        agreement=float(pairs.similarity.mean()) if len(pairs.similarity) else None, method=method,
        parameters=parameters, worker_parameters={"weight": weight}, steps=steps,
    )  # fmt: skip
