"""Texts: the answer most like the others, or a new one put together word by word.

`medoid` needs no model of language: texts are compared by the sequences of words and of characters that they share, in
equal parts (the former is how translations are judged; the latter also works where words are not set apart). The answer
with the greatest expected likeness to a good one is chosen: Kumar, Byrne 2004, "Minimum Bayes-risk decoding for
statistical machine translation", section 2. Answers count by how like the others their worker usually is: the idea of
Li, Fukumoto 2019, "A dataset of crowdsourced word sequences", section 4 (reliability aware sequence aggregation), with
n-grams in place of embeddings.

`rover` is Fiscus 1997, "A post-processing system to yield reduced word error rates: recognizer output voting error
reduction (ROVER)", section 2: answers are aligned one after the other into a network of slots, and each slot votes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from gtcrowd import language
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.values.form import Form
from gtcrowd.consolidation.values.method import ValueMethod
from gtcrowd.consolidation.values.outcome import FloatArray, Outcome, outcome
from gtcrowd.consolidation.values.table import ValueTable

Texts = ValueTable[str]

WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
# Marks that stand right after the word before them when words are put together again.
CLOSING = frozenset(".,;:!?%)]}»”…")
# Longest sequences by which texts are compared, of words and of characters.
WORDS, MARKS = 4, 6


def words(text: str) -> list[str]:
    """Words and marks of a text."""
    return WORD.findall(text)


def medoid(table: Texts, *, worker_answers: float = 5.0, turns: int = 5) -> Outcome[str]:
    """For each task the answer most like the others, workers weighed by how like the others they are; the default.

    worker_answers   answers that the crowd's likeness is worth when a worker's own is estimated
    turns            how often likeness and weights are estimated in turn

    `confidence`: weighted mean likeness of the chosen answer to the others (0 where there are no others). Of equal
    answers the one that sorts first is chosen.
    """
    pairs = _alike(table)
    weight, chosen, score = _weighed(table, pairs, worker_answers, turns)
    value: list[str | None] = [None] * table.n_tasks
    confidence = np.zeros(table.n_tasks)
    for task, row in chosen.items():
        value[task] = table.value[row]
        confidence[task] = score[row]
    return _concluded(
        table, value, confidence, score, pairs, method="medoid",
        parameters={"worker_answers": worker_answers, "turns": turns}, weight=weight, steps=turns,
    )  # fmt: skip


def rover(table: Texts, *, worker_answers: float = 5.0, turns: int = 5) -> Outcome[str]:
    """For each task a text made of the words that most answers, weighed as by `medoid`, have in the same place.

    Words are compared without regard to case, and written as most wrote them. The alignment begins with the medoid
    and goes on from the likest answer to the least. `confidence`: mean share of the weight behind the chosen words.
    """
    pairs = _alike(table)
    weight, chosen, score = _weighed(table, pairs, worker_answers, turns)
    value: list[str | None] = [None] * table.n_tasks
    confidence = np.zeros(table.n_tasks)
    for task, rows in enumerate(table.rows_by_task()):
        if not len(rows):
            continue
        first = chosen[task]
        rest = sorted((row for row in rows.tolist() if row != first), key=lambda row: (-score[row], table.value[row]))
        network = _Network()
        for row in (first, *rest):
            network.add(words(table.value[row]), float(weight[table.worker[row]]))
        value[task], confidence[task] = network.voted()
    return _concluded(
        table, value, confidence, score, pairs, method="rover",
        parameters={"worker_answers": worker_answers, "turns": turns}, weight=weight, steps=turns,
    )  # fmt: skip


class _Network:
    """Slots in a row, each with the weight of every word (or none, "") that stood there."""

    def __init__(self) -> None:
        self.slots: list[dict[str, float]] = []
        self.spelled: dict[str, Counter[str]] = {}
        self.total = 0.0

    def add(self, tokens: list[str], weight: float) -> None:
        folded = [token.casefold() for token in tokens]
        for token, plain in zip(tokens, folded, strict=True):
            self.spelled.setdefault(plain, Counter())[token] += 1
        slots: list[dict[str, float]] = []
        for slot, token in _aligned(self.slots, folded):
            entry = {"": self.total} if slot is None else self.slots[slot]
            entry[token] = entry.get(token, 0.0) + weight
            slots.append(entry)
        self.slots = slots
        self.total += weight

    def voted(self) -> tuple[str, float]:
        """The text of the winning words, and the mean share of the weight behind the winners."""
        winners = [max(sorted(slot), key=slot.__getitem__) for slot in self.slots]
        shares = [slot[word] / self.total for slot, word in zip(self.slots, winners, strict=True)]
        spelled = [max(sorted(self.spelled[word]), key=self.spelled[word].__getitem__) for word in winners if word]
        return joined(spelled), float(np.mean(shares)) if shares else 1.0


def joined(tokens: Sequence[str]) -> str:
    """Words as a text, closing marks right behind the word before them."""
    text = ""
    for token in tokens:
        text += token if not text or token in CLOSING else f" {token}"
    return text


def _aligned(slots: list[dict[str, float]], tokens: list[str]) -> list[tuple[int | None, str]]:
    """Slots and tokens side by side at the least cost; None is a new slot, "" no word in an old one."""
    n, m = len(slots), len(tokens)
    cost = np.zeros((n + 1, m + 1))
    skip = np.array([0.0 if slot.get("") else 1.0 for slot in slots])
    cost[1:, 0] = np.cumsum(skip)
    cost[0, :] = np.arange(m + 1)
    for i in range(1, n + 1):
        known = slots[i - 1]
        for j in range(1, m + 1):
            same = 0.0 if tokens[j - 1] in known else 1.0
            cost[i, j] = min(cost[i - 1, j - 1] + same, cost[i - 1, j] + skip[i - 1], cost[i, j - 1] + 1)
    path: list[tuple[int | None, str]] = []
    i, j = n, m
    while i or j:
        same = 0.0 if i and j and tokens[j - 1] in slots[i - 1] else 1.0
        if i and j and cost[i, j] == cost[i - 1, j - 1] + same:
            i, j = i - 1, j - 1
            path.append((i, tokens[j]))
        elif i and cost[i, j] == cost[i - 1, j] + skip[i - 1]:
            i -= 1
            path.append((i, ""))
        else:
            j -= 1
            path.append((None, tokens[j]))
    return path[::-1]


def measure(concluded: Sequence[str | None], true: Sequence[str]) -> Mapping[str, float]:
    """Mean GLEU, mean chrF and word error rate; words without regard to case, a missing text as an empty one.

    GLEU of a sentence: Wu et al. 2016, "Google's neural machine translation system", section 5.2, the lesser of
    precision and recall of the n-grams of 1 to 4 words. chrF: Popović 2015, F of character n-grams of 1 to 6, beta 2.
    """
    pairs = [([word.casefold() for word in words(one or "")], [word.casefold() for word in words(other)])
             for one, other in zip(concluded, true, strict=True)]  # fmt: skip
    length = sum(len(right) for _, right in pairs)
    return {
        "gleu": _mean([_gleu(found, right) for found, right in pairs]),
        "chrf": _mean([_chrf("".join(found), "".join(right)) for found, right in pairs]),
        "word_error_rate": sum(_edits(found, right) for found, right in pairs) / max(length, 1),
    }


@dataclass(frozen=True, eq=False)
class _Pairs:
    """All ordered pairs of answers of different workers to one task, by row, and how alike they are, 0 to 1."""

    one: npt.NDArray[np.int64]
    other: npt.NDArray[np.int64]
    like: FloatArray


def _alike(table: Texts) -> _Pairs:
    one: list[npt.NDArray[np.int64]] = [np.zeros(0, np.int64)]
    other: list[npt.NDArray[np.int64]] = [np.zeros(0, np.int64)]
    for rows in table.rows_by_task():
        a, b = np.meshgrid(rows, rows, indexing="ij")
        apart = table.worker[a] != table.worker[b]
        one.append(a[apart])
        other.append(b[apart])
    first, second = np.concatenate(one), np.concatenate(other)
    if not len(first):
        return _Pairs(first, second, np.zeros(0))
    # A text without any word is like another one without; the mark stands for "nothing here".
    texts = [text.strip() or "∅" for text in table.value]
    by_word = TfidfVectorizer(token_pattern=WORD.pattern, ngram_range=(1, WORDS), use_idf=False, dtype=np.float64)
    by_mark = TfidfVectorizer(analyzer="char", ngram_range=(1, MARKS), use_idf=False, dtype=np.float64)
    vector = sparse.hstack([grams.fit_transform(texts) for grams in (by_word, by_mark)]).tocsr() * np.sqrt(0.5)
    step = 1 << 16
    like = [
        np.asarray(vector[first[at : at + step]].multiply(vector[second[at : at + step]]).sum(axis=1)).reshape(-1)
        for at in range(0, len(first), step)
    ]
    return _Pairs(first, second, np.clip(np.concatenate(like), 0.0, 1.0))


def _weighed(
    table: Texts, pairs: _Pairs, worker_answers: float, turns: int
) -> tuple[FloatArray, dict[int, int], FloatArray]:
    """Weights of the workers, the likest row of each task, and each row's weighted likeness to the others."""
    weight = np.ones(table.n_workers)
    one, other, like = pairs.one, pairs.other, pairs.like
    usual = float(like.mean()) if len(like) else 0.5
    score = np.zeros(len(table))
    for _ in range(turns):
        heavy = weight[table.worker[other]]
        total = np.bincount(one, heavy, len(table))
        summed = np.bincount(one, heavy * like, len(table))
        score = np.divide(summed, total, out=np.zeros(len(table)), where=total > 0)
        compared = (total > 0).astype(np.float64)
        own = np.bincount(table.worker, score * compared, table.n_workers) + worker_answers * usual
        n = np.bincount(table.worker, compared, table.n_workers) + worker_answers
        mean = np.clip(own / n, 1e-3, 1 - 1e-3)
        weight = mean / (1 - mean)
    chosen: dict[int, int] = {}
    for row in sorted(range(len(table)), key=lambda row: (-round(float(score[row]), 9), table.value[row], row)):
        chosen.setdefault(int(table.task[row]), row)
    return weight, chosen, score


def _concluded(
    table: Texts,
    value: list[str | None],
    confidence: FloatArray,
    score: FloatArray,
    pairs: _Pairs,
    *,
    method: str,
    parameters: Mapping[str, float],
    weight: FloatArray,
    steps: int,
) -> Outcome[str]:
    # An answer that nobody else's can be compared with says nothing of its worker: it counts as half.
    alone = np.bincount(pairs.one, minlength=len(table)) == 0
    return outcome(
        table, value, confidence=confidence, score=np.where(alone, 0.5, score),
        agreement=float(pairs.like.mean()) if len(pairs.like) else None, method=method, parameters=parameters,
        traits={"weight": weight}, steps=steps,
    )  # fmt: skip


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else 0.0


def _grams(tokens: Sequence[str], sizes: range) -> Counter[tuple[str, ...]]:
    return Counter(tuple(tokens[at : at + n]) for n in sizes for at in range(len(tokens) - n + 1))


def _gleu(found: list[str], right: list[str]) -> float:
    one, other = _grams(found, range(1, 5)), _grams(right, range(1, 5))
    most = max(one.total(), other.total())
    return (one & other).total() / most if most else 1.0


def _chrf(found: str, right: str) -> float:
    scores = []
    for n in range(1, 7):
        one, other = _grams(found, range(n, n + 1)), _grams(right, range(n, n + 1))
        if not one or not other:
            continue
        shared = (one & other).total()
        precision, recall = shared / one.total(), shared / other.total()
        scores.append(5 * precision * recall / (4 * precision + recall) if shared else 0.0)
    return _mean(scores) if scores else float(found == right)


def _edits(found: list[str], right: list[str]) -> int:
    row = list(range(len(right) + 1))
    for i, word in enumerate(found, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(right, 1):
            before, row[j] = row[j], min(before + (word != other), row[j] + 1, row[j - 1] + 1)
    return row[-1]


PARAMETERS = {
    "worker_answers": Parameter(5.0, 1e-3, 1e6, "answers that the crowd's likeness is worth"),
    "turns": Parameter(5, 1, 1000, "estimates of likeness and weights in turn"),
}
FORM = Form(
    name="text",
    read=str,
    write=str,
    methods={
        "medoid": ValueMethod(
            "medoid",
            language.later("Medoid"),
            language.later("The answer most like the others."),
            medoid,
            PARAMETERS,
        ),
        "rover": ValueMethod(
            "rover",
            language.later("ROVER"),
            language.later("A text made of the words most answers share."),
            rover,
            PARAMETERS,
        ),
    },
    default="medoid",
    measure=measure,
    higher=frozenset({"gleu", "chrf"}),
)
