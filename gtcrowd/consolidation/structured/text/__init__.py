"""Texts: tokens, similarity, and measures against a true text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from gtcrowd.consolidation.structured.table import ValueTable

Texts = ValueTable[str]
HIGHER_IS_BETTER = frozenset({"gleu", "chrf"})

WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
# Punctuation that follows the word before it without a space.
CLOSING = frozenset(".,;:!?%)]}»”…")


def words(text: str) -> list[str]:
    """Return the words and punctuation of a text."""
    return WORD.findall(text)


def joined(tokens: Sequence[str]) -> str:
    """Return words as a text, closing punctuation directly after the word before it."""
    text = ""
    for token in tokens:
        text += token if not text or token in CLOSING else f" {token}"
    return text


def measure(labels: Sequence[str | None], truths: Sequence[str]) -> Mapping[str, float]:
    """Return mean GLEU, mean chrF and word error rate; words ignoring case, a missing text as an empty one.

    GLEU of a sentence: Wu et al. 2016, "Google's neural machine translation system", section 5.2, the lesser of
    precision and recall of the n-grams of 1 to 4 words. chrF: Popović 2015, F of character n-grams of 1 to 6, beta 2.
    """
    pairs = [
        ([word.casefold() for word in words(label or "")], [word.casefold() for word in words(truth)])
        for label, truth in zip(labels, truths, strict=True)
    ]
    length = sum(len(true) for _, true in pairs)
    return {
        "gleu": mean([_gleu(predicted, true) for predicted, true in pairs]),
        "chrf": mean([_chrf("".join(predicted), "".join(true)) for predicted, true in pairs]),
        "word_error_rate": sum(_edits(predicted, true) for predicted, true in pairs) / max(length, 1),
    }


def mean(values: Sequence[float]) -> float:
    """Return the mean, 0 of no values."""
    return float(np.mean(values)) if values else 0.0


def _grams(tokens: Sequence[str], sizes: range) -> Counter[tuple[str, ...]]:
    return Counter(tuple(tokens[at : at + n]) for n in sizes for at in range(len(tokens) - n + 1))


def _gleu(predicted: list[str], true: list[str]) -> float:
    first, second = _grams(predicted, range(1, 5)), _grams(true, range(1, 5))
    larger = max(first.total(), second.total())
    return (first & second).total() / larger if larger else 1.0


def _chrf(predicted: str, true: str) -> float:
    scores = []
    for n in range(1, 7):
        first, second = _grams(predicted, range(n, n + 1)), _grams(true, range(n, n + 1))
        if not first or not second:
            continue
        shared = (first & second).total()
        precision, recall = shared / first.total(), shared / second.total()
        scores.append(5 * precision * recall / (4 * precision + recall) if shared else 0.0)
    return mean(scores) if scores else float(predicted == true)


def _edits(predicted: list[str], true: list[str]) -> int:
    row = list(range(len(true) + 1))
    for i, word in enumerate(predicted, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(true, 1):
            before, row[j] = row[j], min(before + (word != other), row[j] + 1, row[j - 1] + 1)
    return row[-1]
