"""Bayesian combination of sequences: a hidden Markov model of the tags with confusion matrices for each worker.

    z_t | z_{t-1} ~ Cat(T[z_{t-1}])         hidden tag of unit t
    y_tj | z_t = k ~ Cat(π_j[c_tj, k])      tag by worker j; c_tj: whether their own previous tag was outside

Simpson, Gurevych 2019, "A Bayesian approach for sequence tagging with crowds", EMNLP, section 3. Here the matrices are
pooled towards the crowd's, because most workers mark few entities, and an inside tag cannot follow another label's.
Workers leave out many entities, which a vote per word cannot see and a confusion matrix can.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical import steps
from gtcrowd.consolidation.categorical.table import AnswerTable
from gtcrowd.consolidation.categorical.votes import vote_shares
from gtcrowd.consolidation.spans.units import Codes

# Probability of what is impossible, so that logarithms stay finite.
IMPOSSIBLE = 1e-12


@dataclass(frozen=True, eq=False)
class Chain:
    """The fitted chain, and all that gives the probability of a path.

    posterior   [units, tags], marginal probabilities of the hidden tags
    start       [tags], probability of the first tag of a text
    transition  [tags, tags], T
    evidence    [units, tags], P(answers | tag) up to a factor per unit
    backward    [units, tags], backward probabilities, scaled
    """

    posterior: FloatArray
    start: FloatArray
    transition: FloatArray
    evidence: FloatArray
    backward: FloatArray
    objective: tuple[float, ...]
    converged: bool


def fit(
    table: AnswerTable, first: Codes, *, row_answers: float, prior_tags: float, max_steps: int, tolerance: float
) -> Chain:
    """Fit the chain by expectation maximisation, starting from the votes.

    table   answers to units, the labels are tags; `first` [texts + 1] as in `units.Units`

    The other parameters are those of the method `sequence`. Raises ValueError if `max_steps` is 0.
    """
    tags, texts = table.n_labels, _Texts(first)
    counts = steps.count(_with_context(table, texts))
    allowed = _allowed(tags)
    posterior = vote_shares(table)
    pairs = posterior[texts.before].T @ posterior[texts.after]
    opening = posterior[texts.opening].sum(axis=0)
    objective: list[float] = []
    gain = np.inf
    passes = None
    while len(objective) < max_steps and gain >= tolerance * max(len(table), 1):
        start = _normalised((opening + prior_tags) * allowed[-1])
        transition = _normalised((pairs + prior_tags) * allowed[:-1])
        _, answers = steps.m_step(counts, posterior)
        # [workers, context, truth, answer]: the crowd's matrix is estimated separately for each context, too.
        answers = answers.reshape(-1, 2, tags, tags)
        crowd = answers.sum(axis=0) + np.eye(tags) + 1 / tags
        crowd /= crowd.sum(axis=2, keepdims=True)
        confusion = (answers + row_answers * crowd).reshape(-1, tags, tags)
        confusion /= confusion.sum(axis=2, keepdims=True)
        evidence, scale = _evidence(counts, np.log(confusion))
        passes = _forward_backward(texts, start, transition, evidence)
        posterior, pairs, opening = passes.posterior, passes.pairs, passes.posterior[texts.opening].sum(axis=0)
        objective.append(passes.likelihood + scale)
        gain = objective[-1] - objective[-2] if len(objective) > 1 else np.inf
    if passes is None:
        raise ValueError("max_steps is 0; expected at least 1")
    return Chain(
        posterior,
        start,
        transition,
        evidence,
        passes.backward,
        tuple(objective),
        bool(gain < tolerance * max(len(table), 1)),
    )


def best_path(chain: Chain, first: Codes) -> Codes:
    """Return the tags with the highest sum of marginal probabilities among all allowed sequences, [units]."""
    allowed = np.log(np.maximum(_allowed(chain.posterior.shape[1]), IMPOSSIBLE))
    path = np.zeros(len(chain.posterior), dtype=np.int64)
    score = chain.posterior
    for begin, end in pairwise(first.tolist()):
        if begin == end:
            continue
        best = score[begin] + allowed[-1]
        came_from = np.zeros((end - begin, score.shape[1]), dtype=np.int64)
        for unit in range(begin + 1, end):
            step = best[:, None] + allowed[:-1]
            came_from[unit - begin] = step.argmax(axis=0)
            best = step.max(axis=0) + score[unit]
        tag = int(best.argmax())
        for unit in range(end - 1, begin - 1, -1):
            path[unit] = tag
            tag = int(came_from[unit - begin, tag])
    return path


def span_probability(chain: Chain, begin: int, end: int, last: int, tag: int) -> float:
    """Return the probability that exactly the units `begin` to `end` - 1 are a span that opens with `tag`.

    last   end of the text
    """
    probability = float(chain.posterior[begin, tag])
    current = tag
    for unit in range(begin + 1, min(end + 1, last)):
        onward = chain.transition[current] * chain.evidence[unit] * chain.backward[unit]
        inside = float(onward[tag + 1] / onward.sum())
        probability *= inside if unit < end else 1 - inside
        current = tag + 1
    return min(probability, 1.0)


def _with_context(table: AnswerTable, texts: _Texts) -> AnswerTable:
    """Return each worker as two: one whose own previous tag was outside, and one whose was in a span.

    A worker who missed the first word of an entity misses the rest as well: that is one error, not three.
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
    """Units that open a text, and those that precede and follow each other in one."""

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
        """Return the units at this position of their text."""
        return np.asarray(self.begin[: np.searchsorted(-self.length, -position, side="left")] + position)


@dataclass(frozen=True, eq=False)
class _Passes:
    posterior: FloatArray
    pairs: FloatArray
    backward: FloatArray
    likelihood: float


def _forward_backward(texts: _Texts, start: FloatArray, transition: FloatArray, evidence: FloatArray) -> _Passes:
    """Run the scaled forward and backward pass over all texts at once, position by position (Rabiner 1989, p. 262)."""
    forward, backward = np.empty_like(evidence), np.ones_like(evidence)
    scale = np.ones(len(evidence))
    longest = int(texts.length.max(initial=0))
    for position in range(longest):
        units = texts.at(position)
        incoming = start if position == 0 else forward[units - 1] @ transition
        step = incoming * evidence[units]
        scale[units] = step.sum(axis=1)
        forward[units] = step / scale[units][:, None]
    for position in range(longest - 1, 0, -1):
        units = texts.at(position)
        backward[units - 1] = (evidence[units] * backward[units] / scale[units][:, None]) @ transition.T
    posterior = forward * backward
    posterior /= posterior.sum(axis=1, keepdims=True)
    onward = evidence[texts.after] * backward[texts.after] / scale[texts.after][:, None]
    pairs = transition * (forward[texts.before].T @ onward)
    return _Passes(posterior, pairs, backward, float(np.log(scale).sum()))


def _evidence(counts: steps.Counts, log_confusion: FloatArray) -> tuple[FloatArray, float]:
    """Return P(answers of a unit | tag) [units, tags], rows scaled to a maximum of 1, and the sum of the log-scales."""
    posterior, total = steps.e_step(counts, np.zeros(counts.n_labels), log_confusion)
    top = posterior.max(axis=1, keepdims=True)
    return np.asarray(np.maximum(posterior / top, IMPOSSIBLE)), total + float(np.log(top).sum())


def _allowed(tags: int) -> FloatArray:
    """Return 1 where the column's tag may follow the row's, otherwise nearly 0; the last row is the start of a text."""
    allowed = np.ones((tags + 1, tags))
    for inside in range(2, tags, 2):
        allowed[:, inside] = IMPOSSIBLE
        allowed[[inside - 1, inside], inside] = 1
    return allowed


def _normalised(counts: FloatArray) -> FloatArray:
    return np.asarray(counts / counts.sum(axis=-1, keepdims=True))
