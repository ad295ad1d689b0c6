"""Whether a thing is there at all, and where: the parts that all kinds of shapes share.

Each cluster of marks is a question to every worker who saw the picture: is this thing there? Marking it is a yes, not
marking it a no. Who overlooks much and who sees what is not there is learned by the method for classes
(`classes.hierarchical`), which gives the probability that the thing exists; cf. Branson, Van Horn, Perona 2017, "Lean
crowdsourcing", CVPR, section 4.2. The place is a mean weighed by the workers' precision, as they show it over all
pictures, in which a mark far off counts for little.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from gtcrowd.consolidation.classes import hierarchical
from gtcrowd.consolidation.classes.table import AnswerTable
from gtcrowd.consolidation.shapes.matching import Cluster
from gtcrowd.consolidation.values.outcome import FloatArray, Outcome, outcome
from gtcrowd.consolidation.values.table import ValueTable

S = TypeVar("S")
Labelled = Sequence[tuple[str, S]]

# Degrees of freedom of the errors of place, answers that the crowd's precision is worth, and estimates in turn.
FREEDOM, WORKER_MARKS, TURNS = 4.0, 5.0, 10
# Without a spread at all there is nothing to weigh by.
LEAST_SPREAD = 1e-6


@dataclass(frozen=True)
class Geometry(Generic[S]):
    """What the shapes of a kind are to the model.

    vector  a shape as numbers [d] that can be averaged, aligned with a reference shape; shape: the way back
    scale   size by which errors of place are measured
    """

    vector: Callable[[S, S], FloatArray]
    shape: Callable[[FloatArray], S]
    scale: Callable[[S], float]


def chances(clusters: Sequence[Cluster[S]], n_workers: int) -> tuple[FloatArray, FloatArray]:
    """Probability that each thing exists [clusters], and how often each worker is right about it [workers]."""
    cluster = [place for place, one in enumerate(clusters) for _ in one.asked]
    worker = [who for one in clusters for who in one.asked]
    marked = [{mark.worker for mark in one.marks} for one in clusters]
    seen = [int(who in marked[place]) for place, who in zip(cluster, worker, strict=True)]
    table = AnswerTable.from_codes(cluster, worker, seen, n_tasks=len(clusters), n_workers=n_workers, n_labels=2)
    found = hierarchical.METHOD.conclude(table)
    return found.posterior[:, 1], found.accuracy


def placed(clusters: Sequence[Cluster[S]], geometry: Geometry[S], n_workers: int) -> tuple[list[S], FloatArray]:
    """The shape of each cluster, and the spread of each worker's marks around them in units of their scale."""
    if not clusters:
        return [], np.full(n_workers, 0.0)
    vectors, place, worker, scale = [], [], [], []
    for at, one in enumerate(clusters):
        reference = one.marks[len(one.marks) // 2].shape
        for mark in one.marks:
            vectors.append(geometry.vector(mark.shape, reference))
            place.append(at)
            worker.append(mark.worker)
            scale.append(max(geometry.scale(mark.shape), LEAST_SPREAD))
    x, of, who = np.array(vectors), np.array(place), np.array(worker)
    size = np.bincount(of, np.array(scale)) / np.bincount(of)
    many = (np.bincount(of) > 1)[of]
    weight = np.ones(len(x))
    spread = np.ones(n_workers)
    center = x[:0]
    for _ in range(TURNS):
        total = np.bincount(of, weight)
        center = np.stack([np.bincount(of, weight * column) for column in x.T], axis=1) / total[:, None]
        off = np.mean(((x - center[of]) / size[of][:, None]) ** 2, axis=1)
        # A center lies the nearer to a mark the more it weighs in it.
        off = off / np.maximum(1 - weight / total[of], 0.1) * many
        robust = (FREEDOM + 1) / (FREEDOM + off / np.maximum(spread[who], LEAST_SPREAD**2))
        n = np.bincount(who, many, n_workers)
        usual = max(float(np.sum(robust * off)) / max(float(many.sum()), 1.0), LEAST_SPREAD**2)
        spread = (np.bincount(who, robust * off, n_workers) + WORKER_MARKS * usual) / (n + WORKER_MARKS)
        weight = robust / spread[who]
        weight /= weight.mean()
    return [geometry.shape(one) for one in center], np.sqrt(spread)


def label(cluster: Cluster[S], trust: FloatArray) -> str:
    """The label with the most weight of workers behind it; in a tie the one that sorts first."""
    votes: dict[str, float] = defaultdict(float)
    for mark in cluster.marks:
        votes[mark.label] += float(trust[mark.worker])
    return min(votes, key=lambda name: (-round(votes[name], 9), name))


def gathered(
    table: ValueTable[Labelled[S]],
    kept: Sequence[tuple[int, str, S, float]],
    *,
    sure: FloatArray,
    similarity: Callable[[S, S], float],
    key: Callable[[S], object],
    agreement: float | None,
    method: str,
    parameters: Mapping[str, float],
    traits: Mapping[str, FloatArray] | None = None,
) -> Outcome[Labelled[S]]:
    """The outcome of what was kept: (task, label, shape, chance); `sure` [n_tasks]: confidence of the whole task.

    Workers are measured by the similarity of their marks with what was concluded: twice the sum over matched marks
    by the number of marks on both sides, and 1 where nothing was marked and nothing concluded.
    """
    by_task: dict[int, list[tuple[str, S, float]]] = defaultdict(list)
    for task, name, shape, chance in kept:
        by_task[task].append((name, shape, chance))
    value: list[Labelled[S] | None] = []
    parts = []
    for task, n in enumerate(table.answers_per_task().tolist()):
        found = sorted(by_task[task], key=lambda one: (-round(one[2], 9), str(key(one[1])), one[0]))
        value.append(tuple((name, shape) for name, shape, _ in found) if n else None)
        parts.append(np.array([chance for *_, chance in found]))
    score = [
        overlap(given, value[task] or (), similarity)
        for given, task in zip(table.value, table.task.tolist(), strict=True)
    ]
    return outcome(
        table, value, confidence=sure, score=np.array(score, dtype=np.float64), parts=parts, agreement=agreement,
        method=method, parameters=parameters, traits=traits,
    )  # fmt: skip


def matched(one: Labelled[S], other: Labelled[S], similarity: Callable[[S, S], float]) -> list[tuple[int, int, float]]:
    """Pairs of shapes of one label, the most similar first, none twice: their places, and the similarity above 0."""
    pairs = sorted(
        ((similarity(a, b), i, j) for i, (x, a) in enumerate(one) for j, (y, b) in enumerate(other) if x == y),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    left, right, found = set(range(len(one))), set(range(len(other))), []
    for similar, i, j in pairs:
        if similar > 0 and i in left and j in right:
            left.discard(i)
            right.discard(j)
            found.append((i, j, similar))
    return found


def overlap(one: Labelled[S], other: Labelled[S], similarity: Callable[[S, S], float]) -> float:
    """Similarity of two answers, 0 to 1; missing and extra shapes count 0."""
    if not one and not other:
        return 1.0
    return 2 * sum(similar for *_, similar in matched(one, other, similarity)) / (len(one) + len(other))


def mean_overlap(table: ValueTable[Labelled[S]], similarity: Callable[[S, S], float]) -> float | None:
    """Mean `overlap` over the pairs of different workers' answers to a task; None where there is none."""
    scores = [
        overlap(table.value[one], table.value[other], similarity)
        for rows in table.rows_by_task()
        for place, one in enumerate(rows.tolist())
        for other in rows.tolist()[place + 1 :]
        if table.worker[one] != table.worker[other]
    ]
    return float(np.mean(scores)) if scores else None


def whole_sure(clusters: Sequence[Cluster[S]], chance: FloatArray, n_tasks: int) -> FloatArray:
    """Probability that every decision of a task, there or not there, is right, as if they were independent."""
    sure = np.ones(n_tasks)
    for one, p in zip(clusters, chance.tolist(), strict=True):
        sure[one.task] *= max(p, 1 - p)
    return sure


def measured(
    concluded: Sequence[Labelled[S] | None],
    true: Sequence[Labelled[S]],
    similarity: Callable[[S, S], float],
    *,
    least: float,
) -> dict[str, float]:
    """F1, precision and recall of matches of at least `least`, and the mean `overlap`, over all tasks."""
    hits = found = right = 0
    overlaps = []
    for given, wanted in zip(concluded, true, strict=True):
        hits += sum(similar >= least for *_, similar in matched(given or (), wanted, similarity))
        found += len(given or ())
        right += len(wanted)
        overlaps.append(overlap(given or (), wanted, similarity))
    return {
        "f1": 2 * hits / (found + right) if found + right else 1.0,
        "precision": hits / found if found else 0.0,
        "recall": hits / right if right else 1.0,
        "mean_overlap": float(np.mean(overlaps)) if overlaps else 0.0,
    }
