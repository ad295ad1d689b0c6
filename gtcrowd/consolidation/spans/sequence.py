"""Bayesian combination of sequences: hidden tags follow each other by rules, workers confuse them in their own way.

Simpson, Gurevych 2019, "A Bayesian approach for sequence tagging with crowds", EMNLP, section 3: a hidden Markov chain
over the tags, and for each worker confusion matrices that depend on the worker's own tag before. Here the matrices are
pooled towards the crowd's, because most workers mark few entities; a tag inside cannot follow another label's. Workers
leave many entities out, which a vote of the words cannot see and a confusion matrix can.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gtcrowd.consolidation.classes import steps
from gtcrowd.consolidation.classes.majority import vote_shares
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray
from gtcrowd.consolidation.spans.units import Codes

# What may not be has this probability, so that logarithms stay finite.
NEVER = 1e-12


@dataclass(frozen=True, eq=False)
class Chain:
    """What was learned: posterior [units, tags] of the hidden tags, and all that gives the probability of a path."""

    posterior: FloatArray
    start: FloatArray
    follow: FloatArray
    evidence: FloatArray
    backward: FloatArray
    objective: tuple[float, ...]
    converged: bool


def fit(
    table: AnswerTable, first: Codes, *, row_answers: float, prior_tags: float, max_steps: int, tolerance: float
) -> Chain:
    """Expectation maximisation over tags, transitions and pooled confusion matrices, beginning with the votes."""
    tags, texts = table.n_labels, _Texts(first)
    counts = steps.count(_with_context(table, texts))
    allowed = _allowed(tags)
    posterior = vote_shares(table)
    pairs = posterior[texts.before].T @ posterior[texts.after]
    opening = posterior[texts.opening].sum(axis=0)
    objective: list[float] = []
    gain = np.inf
    chain = None
    while len(objective) < max_steps and gain >= tolerance * max(len(table), 1):
        start = _normal((opening + prior_tags) * allowed[-1])
        follow = _normal((pairs + prior_tags) * allowed[:-1])
        _, answers = steps.m_step(counts, posterior)
        # [workers, context, truth, answer]: what the crowd does is learned apart for each context, too.
        answers = answers.reshape(-1, 2, tags, tags)
        usual = answers.sum(axis=0) + np.eye(tags) + 1 / tags
        usual /= usual.sum(axis=2, keepdims=True)
        confusion = (answers + row_answers * usual).reshape(-1, tags, tags)
        confusion /= confusion.sum(axis=2, keepdims=True)
        evidence, scale = _evidence(counts, np.log(confusion))
        chain = _passed(texts, start, follow, evidence)
        posterior, pairs, opening = chain.posterior, chain.pairs, chain.posterior[texts.opening].sum(axis=0)
        objective.append(chain.likelihood + scale)
        gain = objective[-1] - objective[-2] if len(objective) > 1 else np.inf
    if chain is None:
        raise ValueError("max_steps is 0; expected at least 1")
    return Chain(
        posterior,
        start,
        follow,
        evidence,
        chain.backward,
        tuple(objective),
        bool(gain < tolerance * max(len(table), 1)),
    )


def best_path(chain: Chain, first: Codes) -> Codes:
    """The tags with the highest sum of marginal probabilities among all that may follow each other, [units]."""
    allowed = np.log(np.maximum(_allowed(chain.posterior.shape[1]), NEVER))
    found = np.zeros(len(chain.posterior), dtype=np.int64)
    score = chain.posterior
    for begin, end in pairwise(first.tolist()):
        if begin == end:
            continue
        best = score[begin] + allowed[-1]
        came = np.zeros((end - begin, score.shape[1]), dtype=np.int64)
        for at in range(begin + 1, end):
            step = best[:, None] + allowed[:-1]
            came[at - begin] = step.argmax(axis=0)
            best = step.max(axis=0) + score[at]
        tag = int(best.argmax())
        for at in range(end - 1, begin - 1, -1):
            found[at] = tag
            tag = int(came[at - begin, tag])
    return found


def span_chance(chain: Chain, begin: int, end: int, last: int, tag: int) -> float:
    """Probability that exactly the units `begin` to below `end` form a span that opens with `tag`.

    last: end of the text.
    """
    chance = float(chain.posterior[begin, tag])
    current = tag
    for at in range(begin + 1, min(end + 1, last)):
        onward = chain.follow[current] * chain.evidence[at] * chain.backward[at]
        inside = float(onward[tag + 1] / onward.sum())
        chance *= inside if at < end else 1 - inside
        current = tag + 1
    return min(chance, 1.0)


def _with_context(table: AnswerTable, texts: _Texts) -> AnswerTable:
    """Each worker as two, one whose own tag before was outside and one whose was in a span.

    Who missed the first word of an entity misses the rest as well: that is one error, not three.
    """
    follows = np.zeros(len(table), dtype=bool)
    follows[1:] = (np.diff(table.task) == 1) & (np.diff(table.worker) == 0) & ~texts.opens[table.task[1:]]
    inside = np.zeros(len(table), dtype=np.int32)
    inside[1:] = table.label[:-1] > 0
    return AnswerTable.from_codes(
        table.task, table.worker * 2 + inside * follows, table.label,
        n_tasks=table.n_tasks, n_workers=2 * table.n_workers, n_labels=table.n_labels,
    )  # fmt: skip


class _Texts:
    """Places of units: those that open a text, and those that stand before and after each other in one."""

    def __init__(self, first: Codes) -> None:
        length = np.diff(first)
        self.order = np.argsort(-length, kind="stable")
        self.begin = first[:-1][self.order]
        self.length = length[self.order]
        self.opening = self.begin[self.length > 0]
        self.opens = np.zeros(int(first[-1]), dtype=bool)
        self.opens[self.opening] = True
        self.after = np.flatnonzero(~self.opens)
        self.before = self.after - 1

    def at(self, position: int) -> Codes:
        """Units that stand at this position of their text."""
        return np.asarray(self.begin[: np.searchsorted(-self.length, -position, side="left")] + position)


@dataclass(frozen=True, eq=False)
class _Passed:
    posterior: FloatArray
    pairs: FloatArray
    backward: FloatArray
    likelihood: float


def _passed(texts: _Texts, start: FloatArray, follow: FloatArray, evidence: FloatArray) -> _Passed:
    """Forward and backward over all texts at once, position by position (Rabiner 1989, p. 262), scaled."""
    forward, backward = np.empty_like(evidence), np.ones_like(evidence)
    scale = np.ones(len(evidence))
    longest = int(texts.length.max(initial=0))
    for position in range(longest):
        here = texts.at(position)
        coming = start if position == 0 else forward[here - 1] @ follow
        step = coming * evidence[here]
        scale[here] = step.sum(axis=1)
        forward[here] = step / scale[here][:, None]
    for position in range(longest - 1, 0, -1):
        here = texts.at(position)
        backward[here - 1] = (evidence[here] * backward[here] / scale[here][:, None]) @ follow.T
    posterior = forward * backward
    posterior /= posterior.sum(axis=1, keepdims=True)
    onward = evidence[texts.after] * backward[texts.after] / scale[texts.after][:, None]
    pairs = follow * (forward[texts.before].T @ onward)
    return _Passed(posterior, pairs, backward, float(np.log(scale).sum()))


def _evidence(counts: steps.Counts, log_confusion: FloatArray) -> tuple[FloatArray, float]:
    """P(answers of a unit | tag) [units, tags], each row scaled to a greatest of 1; the sum of ln of the scales."""
    posterior, total = steps.e_step(counts, np.zeros(counts.n_labels), log_confusion)
    top = posterior.max(axis=1, keepdims=True)
    return np.asarray(np.maximum(posterior / top, NEVER)), total + float(np.log(top).sum())


def _allowed(tags: int) -> FloatArray:
    """1 where the column's tag may follow the row's, otherwise nearly 0; the last row is the beginning of a text."""
    allowed = np.ones((tags + 1, tags))
    for inside in range(2, tags, 2):
        allowed[:, inside] = NEVER
        allowed[[inside - 1, inside], inside] = 1
    return allowed


def _normal(counts: FloatArray) -> FloatArray:
    return np.asarray(counts / counts.sum(axis=-1, keepdims=True))
