"""Whether an object exists, and where: what all types of shapes share.

Each cluster of shapes is a yes/no question to every worker who saw the image: does this object exist? Drawing it is a
yes, not drawing it a no. Misses and false detections of workers are estimated by `hierarchical` with two classes, which
gives the probability that the object exists; cf. Branson, Van Horn, Perona 2017, "Lean crowdsourcing", CVPR, section
4.2. The position is a mean weighted by the workers' precision over all images, in which outliers have little weight.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical.methods.hierarchical import hierarchical
from gtcrowd.consolidation.categorical.table import AnswerTable
from gtcrowd.consolidation.shapes.matching import Cluster
from gtcrowd.consolidation.structured.summary import summarise
from gtcrowd.consolidation.structured.table import ValueTable

S = TypeVar("S")
LabeledShapes = Sequence[tuple[str, S]]

HIGHER_IS_BETTER = frozenset({"f1", "precision", "recall", "mean_overlap"})
# Degrees of freedom of position errors, weight of the crowd's precision in annotations, and iterations.
FREEDOM, WORKER_ANNOTATIONS, ITERATIONS = 4.0, 5.0, 10
# Without any spread there is nothing to weight by.
MIN_SPREAD = 1e-6


@dataclass(frozen=True)
class Geometry(Generic[S]):
    """How shapes of one type are averaged.

    vector   (shape, reference) → numbers [d] that can be averaged, aligned with the reference
    merge    (shapes that differ [n], weight of each [n], weighted mean of their numbers [d]) → shape
    scale    size by which errors of position are measured
    """

    vector: Callable[[S, S], FloatArray]
    merge: Callable[[Sequence[S], FloatArray, FloatArray], S]
    scale: Callable[[S], float]

    def merged(self, shapes: Sequence[S], weight: FloatArray, average: FloatArray) -> S:
        """Return one shape for all; a single one, and those that are equal, as they are."""
        return shapes[0] if all(shape == shapes[0] for shape in shapes) else self.merge(shapes, weight, average)


def existence_probability(clusters: Sequence[Cluster[S]], n_workers: int) -> tuple[FloatArray, FloatArray]:
    """Return the probability that each object exists [clusters], and the accuracy of workers about it [n_workers]."""
    cluster = [index for index, entry in enumerate(clusters) for _ in entry.workers]
    worker = [worker for entry in clusters for worker in entry.workers]
    drawn_by = [{item.worker for item in entry.annotations} for entry in clusters]
    votes = [int(who in drawn_by[index]) for index, who in zip(cluster, worker, strict=True)]
    table = AnswerTable.from_codes(cluster, worker, votes, n_tasks=len(clusters), n_workers=n_workers, n_labels=2)
    result = hierarchical.consolidate(table)
    return result.class_posterior[:, 1], result.accuracy


def average_shapes(clusters: Sequence[Cluster[S]], geometry: Geometry[S], n_workers: int) -> tuple[list[S], FloatArray]:
    """Return the shape of each cluster, and the spread of each worker's shapes around them [n_workers].

    The spread is in units of the shapes' scale. Errors have Student's t distribution, and spreads are pooled towards
    the crowd's.
    """
    if not clusters:
        return [], np.full(n_workers, 0.0)
    vectors, indices, workers, scales = [], [], [], []
    for index, entry in enumerate(clusters):
        reference = entry.annotations[len(entry.annotations) // 2].shape
        for item in entry.annotations:
            vectors.append(geometry.vector(item.shape, reference))
            indices.append(index)
            workers.append(item.worker)
            scales.append(max(geometry.scale(item.shape), MIN_SPREAD))
    x, cluster, worker = np.array(vectors), np.array(indices), np.array(workers)
    size = np.bincount(cluster, np.array(scales)) / np.bincount(cluster)
    several = (np.bincount(cluster) > 1)[cluster]
    weight = np.ones(len(x))
    variance = np.ones(n_workers)
    center = x[:0]
    for _ in range(ITERATIONS):
        total = np.bincount(cluster, weight)
        center = np.stack([np.bincount(cluster, weight * column) for column in x.T], axis=1) / total[:, None]
        error = np.mean(((x - center[cluster]) / size[cluster][:, None]) ** 2, axis=1)
        # A center is closer to a shape the more weight the shape has in it.
        error = error / np.maximum(1 - weight / total[cluster], 0.1) * several
        robust = (FREEDOM + 1) / (FREEDOM + error / np.maximum(variance[worker], MIN_SPREAD**2))
        n = np.bincount(worker, several, n_workers)
        crowd = max(float(np.sum(robust * error)) / max(float(several.sum()), 1.0), MIN_SPREAD**2)
        variance = (np.bincount(worker, robust * error, n_workers) + WORKER_ANNOTATIONS * crowd) / (
            n + WORKER_ANNOTATIONS
        )
        weight = robust / variance[worker]
        weight /= weight.mean()
    ends = np.cumsum(np.bincount(cluster))[:-1]
    shapes = [
        geometry.merged([annotation.shape for annotation in entry.annotations], *parts)
        for entry, *parts in zip(clusters, np.split(weight, ends), center, strict=True)
    ]
    return shapes, np.sqrt(variance)


def weighted_label(cluster: Cluster[S], weight: FloatArray) -> str:
    """Return the label with the most weight [n_workers] behind it; in a tie, the one that sorts first."""
    votes: dict[str, float] = defaultdict(float)
    for item in cluster.annotations:
        votes[item.label] += float(weight[item.worker])
    return min(votes, key=lambda name: (-round(votes[name], 9), name))


def summary(
    table: ValueTable[LabeledShapes[S]],
    detections: Sequence[tuple[int, str, S, float]],
    *,
    confidence: FloatArray,
    similarity: Callable[[S, S], float],
    key: Callable[[S], object],
    agreement: float | None,
    method: str,
    parameters: Mapping[str, float],
    worker_parameters: Mapping[str, FloatArray] | None = None,
) -> Aggregation[list[LabeledShapes[S] | None]]:
    """Return the result of a method.

    detections   (task, label, shape, probability) of the objects that are kept
    confidence   [n_tasks]

    The other arguments are those of `matching.clusters` and `summarise`. The score of an answer is its `overlap` with
    the label.
    """
    by_task: dict[int, list[tuple[str, S, float]]] = defaultdict(list)
    for task, name, shape, probability in detections:
        by_task[task].append((name, shape, probability))
    labels: list[LabeledShapes[S] | None] = []
    parts = []
    for task, n in enumerate(table.answers_per_task().tolist()):
        ordered = sorted(by_task[task], key=lambda item: (-round(item[2], 9), str(key(item[1])), item[0]))
        labels.append(tuple((name, shape) for name, shape, _ in ordered) if n else None)
        parts.append(np.array([probability for *_, probability in ordered]))
    score = [
        overlap(value, labels[task] or (), similarity)
        for value, task in zip(table.value, table.task.tolist(), strict=True)
    ]
    return summarise(
        table, labels, confidence=confidence, score=np.array(score, dtype=np.float64), part_confidence=parts,
        agreement=agreement, method=method, parameters=parameters, worker_parameters=worker_parameters,
    )  # fmt: skip


def match_pairs(
    first: LabeledShapes[S], second: LabeledShapes[S], similarity: Callable[[S, S], float]
) -> list[tuple[int, int, float]]:
    """Match shapes of one label greedily, the most similar first.

    Returns pairs of positions in `one` and `other` with their similarity, which is above 0; no shape is matched twice.
    """
    pairs = sorted(
        ((similarity(a, b), i, j) for i, (x, a) in enumerate(first) for j, (y, b) in enumerate(second) if x == y),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    left, right, matches = set(range(len(first))), set(range(len(second))), []
    for similar, i, j in pairs:
        if similar > 0 and i in left and j in right:
            left.discard(i)
            right.discard(j)
            matches.append((i, j, similar))
    return matches


def overlap(first: LabeledShapes[S], second: LabeledShapes[S], similarity: Callable[[S, S], float]) -> float:
    """Return the similarity of two answers, 0 to 1: twice the sum over matched shapes by the number of all shapes.

    Missing and extra shapes count 0; two empty answers have similarity 1.
    """
    if not first and not second:
        return 1.0
    return 2 * sum(similar for *_, similar in match_pairs(first, second, similarity)) / (len(first) + len(second))


def mean_overlap(table: ValueTable[LabeledShapes[S]], similarity: Callable[[S, S], float]) -> float | None:
    """Return the mean `overlap` of answers of different workers to one task; None if no task has two."""
    scores = [
        overlap(table.value[first], table.value[second], similarity)
        for rows in table.rows_by_task()
        for index, first in enumerate(rows.tolist())
        for second in rows.tolist()[index + 1 :]
        if table.worker[first] != table.worker[second]
    ]
    return float(np.mean(scores)) if scores else None


def task_confidence(clusters: Sequence[Cluster[S]], probability: FloatArray, n_tasks: int) -> FloatArray:
    """Return the probability that every decision of a task, exists or not, is right, [n_tasks].

    probability   [clusters], that the object exists; decisions are taken as independent
    """
    confidence = np.ones(n_tasks)
    for cluster, p in zip(clusters, probability.tolist(), strict=True):
        confidence[cluster.task] *= max(p, 1 - p)
    return confidence


def detection_measures(
    labels: Sequence[LabeledShapes[S] | None],
    truths: Sequence[LabeledShapes[S]],
    similarity: Callable[[S, S], float],
    *,
    min_similarity: float,
) -> dict[str, float]:
    """Return F1, precision and recall of matches of at least `min_similarity`, and the mean `overlap` of tasks."""
    hits = n_predicted = n_true = 0
    overlaps = []
    for predicted, true in zip(labels, truths, strict=True):
        hits += sum(similar >= min_similarity for *_, similar in match_pairs(predicted or (), true, similarity))
        n_predicted += len(predicted or ())
        n_true += len(true)
        overlaps.append(overlap(predicted or (), true, similarity))
    return {
        "f1": 2 * hits / (n_predicted + n_true) if n_predicted + n_true else 1.0,
        "precision": hits / n_predicted if n_predicted else 0.0,
        "recall": hits / n_true if n_true else 1.0,
        "mean_overlap": float(np.mean(overlaps)) if overlaps else 0.0,
    }
