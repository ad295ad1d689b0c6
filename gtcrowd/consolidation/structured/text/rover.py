"""A text composed of the words that most answers share.

Fiscus 1997, "A post-processing system to yield reduced word error rates: recognizer output voting error reduction
(ROVER)", section 2: answers are aligned one after the other into a network of slots, and each slot votes.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.text import Texts, joined, words
from gtcrowd.consolidation.structured.text.similarity import PARAMETERS, similar_pairs, summary, weighted


@method(
    name="rover",
    title=language.gettext_lazy("ROVER"),
    summary=language.gettext_lazy("Composes a text of the words that most answers share."),
    order=20,
    parameters=PARAMETERS,
)
def rover(table: Texts, *, worker_answers: float = 5.0, turns: int = 5) -> Aggregation[list[str | None]]:
    """Compose, for each task, a text of the words that most answers have in the same position.

    worker_answers, turns   as for `medoid`, which weights the answers

    Words are compared ignoring case, and spelled as in most answers. The alignment starts with the medoid and continues
    from the most to the least similar answer. The confidence is the mean share of the weight behind the chosen words.
    """
    pairs = similar_pairs(table)
    weight, chosen, score = weighted(table, pairs, worker_answers, turns)
    labels: list[str | None] = [None] * table.n_tasks
    confidence = np.zeros(table.n_tasks)
    for task, rows in enumerate(table.rows_by_task()):
        if not len(rows):
            continue
        first = chosen[task]
        rest = sorted((row for row in rows.tolist() if row != first), key=lambda row: (-score[row], table.value[row]))
        network = _Network()
        for row in (first, *rest):
            network.add(words(table.value[row]), float(weight[table.worker[row]]))
        labels[task], confidence[task] = network.vote()
    return summary(
        table, labels, confidence, score, pairs, method="rover",
        parameters={"worker_answers": worker_answers, "turns": turns}, weight=weight, steps=turns,
    )  # fmt: skip


class _Network:
    """Slots in a row, each with the weight of every word (or of none, "") in that position."""

    def __init__(self) -> None:
        self.slots: list[dict[str, float]] = []
        self.spellings: dict[str, Counter[str]] = {}
        self.total = 0.0

    def add(self, tokens: list[str], weight: float) -> None:
        folded = [token.casefold() for token in tokens]
        for token, plain in zip(tokens, folded, strict=True):
            self.spellings.setdefault(plain, Counter())[token] += 1
        slots: list[dict[str, float]] = []
        for slot, token in _aligned(self.slots, folded):
            entry = {"": self.total} if slot is None else self.slots[slot]
            entry[token] = entry.get(token, 0.0) + weight
            slots.append(entry)
        self.slots = slots
        self.total += weight

    def vote(self) -> tuple[str, float]:
        """Return the text of the winning words, and the mean share of the weight behind the winners."""
        winners = [max(sorted(slot), key=slot.__getitem__) for slot in self.slots]
        shares = [slot[word] / self.total for slot, word in zip(self.slots, winners, strict=True)]
        spelled = [max(sorted(self.spellings[word]), key=self.spellings[word].__getitem__) for word in winners if word]
        return joined(spelled), float(np.mean(shares)) if shares else 1.0


def _aligned(slots: list[dict[str, float]], tokens: list[str]) -> list[tuple[int | None, str]]:
    """Align slots and tokens at the least cost; None is a new slot, "" no word in an existing one."""
    n, m = len(slots), len(tokens)
    cost = np.zeros((n + 1, m + 1))
    skip = np.array([0.0 if slot.get("") else 1.0 for slot in slots])
    cost[1:, 0] = np.cumsum(skip)
    cost[0, :] = np.arange(m + 1)
    for i in range(1, n + 1):
        slot = slots[i - 1]
        for j in range(1, m + 1):
            substitution = 0.0 if tokens[j - 1] in slot else 1.0
            cost[i, j] = min(cost[i - 1, j - 1] + substitution, cost[i - 1, j] + skip[i - 1], cost[i, j - 1] + 1)
    path: list[tuple[int | None, str]] = []
    i, j = n, m
    while i or j:
        substitution = 0.0 if i and j and tokens[j - 1] in slots[i - 1] else 1.0
        if i and j and cost[i, j] == cost[i - 1, j - 1] + substitution:
            i, j = i - 1, j - 1
            path.append((i, tokens[j]))
        elif i and cost[i, j] == cost[i - 1, j] + skip[i - 1]:
            i -= 1
            path.append((i, ""))
        else:
            j -= 1
            path.append((None, tokens[j]))
    return path[::-1]
