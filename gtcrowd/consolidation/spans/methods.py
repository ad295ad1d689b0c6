"""The methods for spans, and the form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median_low

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.classes.majority import vote_shares
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.spans import marks, sequence
from gtcrowd.consolidation.spans.marks import Marks, Span
from gtcrowd.consolidation.spans.units import marks as spans_of
from gtcrowd.consolidation.spans.units import units
from gtcrowd.consolidation.values.form import Form
from gtcrowd.consolidation.values.method import ValueMethod
from gtcrowd.consolidation.values.outcome import FloatArray, Outcome, outcome
from gtcrowd.consolidation.values.table import ValueTable

Answers = ValueTable[Marks]


def ground_truth(table: Answers, *, least_overlap: float = 0.5, least_share: float = 0.5) -> Outcome[Marks]:
    """Spans of different workers that overlap form an entity, as in Ground Truth.

    Spans are joined to the cluster with whose members they have the greatest mean Jaccard index, if that is at least
    `least_overlap`, one span a worker. Begin and end are the most frequent pair, or the medians where none is; the
    label is the most frequent, the one that sorts first in a tie. `parts` and, as their mean, `confidence`: share of
    the workers who marked the entity; those below `least_share` are left out.
    """
    value: list[Marks | None] = [None] * table.n_tasks
    parts: list[FloatArray] = [np.zeros(0)] * table.n_tasks
    for task, rows in enumerate(table.rows_by_task()):
        if not len(rows):
            continue
        clusters = _clusters([(int(table.worker[row]), table.value[row].spans) for row in rows], least_overlap)
        n = len({int(table.worker[row]) for row in rows})
        shares = {_middle(cluster): len(cluster) / n for cluster in clusters}
        kept = marks.without_overlaps([span for span, share in shares.items() if share >= least_share])
        value[task] = Marks(kept, table.value[rows[0]].length)
        parts[task] = np.array([shares[span] for span in kept])
    parameters = {"least_overlap": least_overlap, "least_share": least_share}
    return _concluded(
        table, value, parts, _shares_of_whole(table, value), method="ground-truth-clusters", parameters=parameters
    )


def token_vote(table: Answers) -> Outcome[Marks]:
    """The tag that most workers gave to each unit; in a tie none rather than any, then the label that sorts first.

    `parts`: least share of the votes within the span.
    """
    cut = units(table)
    shares = vote_shares(cut.table)
    tag = (shares >= shares.max(axis=1, keepdims=True) - 1e-9).argmax(axis=1)
    value: list[Marks | None] = [None] * table.n_tasks
    parts: list[FloatArray] = [np.zeros(0)] * table.n_tasks
    for task in np.flatnonzero(table.answers_per_task()).tolist():
        here = slice(cut.first[task], cut.first[task + 1])
        spans, ranges = spans_of(cut, task, tag[here])
        value[task] = Marks(spans, cut.lengths[task])
        parts[task] = np.array([shares[here][a:b].max(axis=1).min() for a, b in ranges])
    return _concluded(table, value, parts, _shares_of_whole(table, value), method="token-vote", parameters={})


def combined(
    table: Answers,
    *,
    row_answers: float = 10.0,
    prior_tags: float = 0.1,
    max_steps: int = 100,
    tolerance: float = 1e-5,
) -> Outcome[Marks]:
    """Bayesian combination of sequences (see `sequence`); the default.

    row_answers   answers, for each true tag, that the crowd's typical confusion is worth for a worker
    prior_tags    tags of each kind assumed to follow each other beforehand
    max_steps, tolerance   stop when a step gains less than `tolerance` an answered unit

    `parts`: probability that exactly this span is there. `confidence`: probability of the whole, as if its spans and
    the units outside them were independent.
    """
    cut = units(table)
    chain = sequence.fit(
        cut.table, cut.first, row_answers=row_answers, prior_tags=prior_tags, max_steps=max_steps, tolerance=tolerance
    )
    tag = sequence.best_path(chain, cut.first)
    value: list[Marks | None] = [None] * table.n_tasks
    parts: list[FloatArray] = [np.zeros(0)] * table.n_tasks
    confidence = np.zeros(table.n_tasks)
    for task in np.flatnonzero(table.answers_per_task()).tolist():
        begin, end = int(cut.first[task]), int(cut.first[task + 1])
        spans, ranges = spans_of(cut, task, tag[begin:end])
        chances = [
            sequence.span_chance(chain, begin + a, begin + b, end, int(tag[begin + a] + tag[begin + a] % 2 - 1))
            for a, b in ranges
        ]
        value[task] = Marks(spans, cut.lengths[task])
        parts[task] = np.array(chances)
        outside = chain.posterior[begin:end][tag[begin:end] == 0, 0]
        confidence[task] = float(np.prod(chances) * np.prod(outside))
    parameters = {"row_answers": row_answers, "prior_tags": prior_tags, "max_steps": max_steps, "tolerance": tolerance}
    return _concluded(
        table, value, parts, confidence, method="sequence", parameters=parameters, steps=len(chain.objective),
        converged=chain.converged, objective=chain.objective,
    )  # fmt: skip


def measure(concluded: Sequence[Marks | None], true: Sequence[Marks]) -> Mapping[str, float]:
    """Precision, recall and F1 of spans that are exactly right, over all tasks together; a missing value has none."""
    found = sum(len(one.spans) for one in concluded if one)
    right = sum(len(one.spans) for one in true)
    hits = sum(len(set(one.spans) & set(other.spans)) for one, other in zip(concluded, true, strict=True) if one)
    return {
        "f1": 2 * hits / (found + right) if found + right else 1.0,
        "precision": hits / found if found else 0.0,
        "recall": hits / right if right else 1.0,
    }


def _clusters(answers: list[tuple[int, tuple[Span, ...]]], least: float) -> list[dict[int, Span]]:
    clusters: list[dict[int, Span]] = []
    for worker, spans in sorted(answers):
        for span in spans:
            fits = [
                (np.mean([_jaccard(span, other) for other in cluster.values()]), -place)
                for place, cluster in enumerate(clusters)
                if worker not in cluster
            ]
            best, place = max(fits, default=(0.0, 0))
            if best >= least:
                clusters[-place][worker] = span
            else:
                clusters.append({worker: span})
    return clusters


def _jaccard(one: Span, other: Span) -> float:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return max(shared, 0) / (max(one.end, other.end) - min(one.start, other.start)) if shared > 0 else 0.0


def _middle(cluster: Mapping[int, Span]) -> Span:
    ends = Counter((span.start, span.end) for span in cluster.values())
    labels = Counter(span.label for span in cluster.values())
    label = min(labels, key=lambda name: (-labels[name], name))
    (most, count), *others = ends.most_common()
    if count > 1 and not (others and others[0][1] == count):
        return Span(*most, label)
    return Span(median_low(s.start for s in cluster.values()), median_low(s.end for s in cluster.values()), label)


def _shares_of_whole(table: Answers, value: Sequence[Marks | None]) -> FloatArray:
    """Mean F1 of a task's answers with what was concluded."""
    score = _scores(table, value)
    return np.bincount(table.task, score, table.n_tasks) / np.maximum(table.answers_per_task(), 1)


def _scores(table: Answers, value: Sequence[Marks | None]) -> FloatArray:
    pairs = zip(table.value, table.task.tolist(), strict=True)
    return np.array([marks.f1(given, value[task] or Marks(())) for given, task in pairs], dtype=np.float64)


def _concluded(
    table: Answers,
    value: Sequence[Marks | None],
    parts: Sequence[FloatArray],
    confidence: FloatArray,
    *,
    method: str,
    parameters: Mapping[str, float],
    steps: int = 1,
    converged: bool = True,
    objective: tuple[float, ...] = (),
) -> Outcome[Marks]:
    return outcome(
        table, value, confidence=confidence, score=_scores(table, value), parts=parts,
        agreement=marks.agreement(table), method=method, parameters=parameters, steps=steps, converged=converged,
        objective=objective,
    )  # fmt: skip


FORM = Form(
    name="spans",
    read=marks.read,
    write=marks.write,
    methods={
        "ground-truth-clusters": ValueMethod(
            "ground-truth-clusters",
            language.later("Ground Truth's clusters"),
            language.later("Overlapping spans of different workers form an entity."),
            ground_truth,
            {
                "least_overlap": Parameter(0.5, 0.0, 1.0, "mean Jaccard index with a cluster's spans to join it"),
                "least_share": Parameter(0.5, 0.0, 1.0, "share of the workers below which an entity is left out"),
            },
        ),
        "token-vote": ValueMethod(
            "token-vote",
            language.later("Vote a word"),
            language.later("The tag most workers gave to each word."),
            token_vote,
            {},
        ),
        "sequence": ValueMethod(
            "sequence",
            language.later("Sequence"),
            language.later("Hidden tags that follow each other by rules, and what each worker confuses."),
            combined,
            {
                "row_answers": Parameter(10.0, 1e-3, 1e6, "answers that the crowd's typical confusion is worth"),
                "prior_tags": Parameter(0.1, 1e-9, 1e6, "tags assumed to follow each other beforehand"),
                "max_steps": Parameter(100, 1, 100_000, "steps after which the search ends in any case"),
                "tolerance": Parameter(1e-5, 0.0, 1.0, "gain a unit below which it ends"),
            },
        ),
    },
    default="sequence",
    measure=measure,
    higher=frozenset({"f1", "precision", "recall"}),
)
