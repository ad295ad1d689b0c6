"""Ground Truth's consolidation of named entities: overlapping spans of different workers form an entity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from statistics import median_low

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.spans.entities import Entities, Span, without_overlaps
from gtcrowd.consolidation.spans.summary import mean_f1_with_label, summary
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.table import ValueTable


@method(
    name="ground-truth-clusters",
    title=language.gettext_lazy("Ground Truth clusters"),
    summary=language.gettext_lazy("Overlapping spans of different workers form an entity."),
    order=10,
    parameters={
        "least_overlap": Parameter(0.5, 0.0, 1.0, "mean Jaccard index with the spans of a cluster to join it"),
        "least_share": Parameter(0.5, 0.0, 1.0, "share of the workers below which an entity is left out"),
    },
)
def ground_truth_clusters(
    table: ValueTable[Entities], *, least_overlap: float = 0.5, least_share: float = 0.5
) -> Aggregation[list[Entities | None]]:
    """Cluster the spans of each task.

    least_overlap   a span joins the cluster with whose spans it has the highest mean Jaccard index, if that is at least
        this; one span per worker
    least_share     share of the workers below which an entity is left out

    Offsets are the most frequent pair, or the medians if no pair is; the label is the most frequent, in a tie the one
    that sorts first. `part_confidence`: share of the workers who marked the entity. `confidence`: mean F1 of the
    answers with the label.
    """
    labels: list[Entities | None] = [None] * table.n_tasks
    parts: list[FloatArray] = [np.zeros(0)] * table.n_tasks
    for task, rows in enumerate(table.rows_by_task()):
        if not len(rows):
            continue
        clusters = _clusters([(int(table.worker[row]), table.value[row].spans) for row in rows], least_overlap)
        n = len({int(table.worker[row]) for row in rows})
        shares = {_consensus(cluster): len(cluster) / n for cluster in clusters}
        accepted = without_overlaps([span for span, share in shares.items() if share >= least_share])
        labels[task] = Entities(accepted, table.value[rows[0]].length)
        parts[task] = np.array([shares[span] for span in accepted])
    parameters = {"least_overlap": least_overlap, "least_share": least_share}
    confidence = mean_f1_with_label(table, labels)
    return summary(table, labels, parts, confidence, method="ground-truth-clusters", parameters=parameters)


def _clusters(answers: list[tuple[int, tuple[Span, ...]]], least_overlap: float) -> list[dict[int, Span]]:
    """Return the clusters, each with one span per worker."""
    clusters: list[dict[int, Span]] = []
    for worker, spans in sorted(answers):
        for span in spans:
            candidates = [
                (np.mean([_jaccard(span, other) for other in cluster.values()]), -index)
                for index, cluster in enumerate(clusters)
                if worker not in cluster
            ]
            best, index = max(candidates, default=(0.0, 0))
            if best >= least_overlap:
                clusters[-index][worker] = span
            else:
                clusters.append({worker: span})
    return clusters


def _jaccard(first: Span, second: Span) -> float:
    shared = min(first.end, second.end) - max(first.start, second.start)
    return max(shared, 0) / (max(first.end, second.end) - min(first.start, second.start)) if shared > 0 else 0.0


def _consensus(cluster: Mapping[int, Span]) -> Span:
    offsets = Counter((span.start, span.end) for span in cluster.values())
    labels = Counter(span.label for span in cluster.values())
    label = min(labels, key=lambda name: (-labels[name], name))
    (most_common, count), *others = offsets.most_common()
    if count > 1 and not (others and others[0][1] == count):
        return Span(*most_common, label)
    return Span(median_low(s.start for s in cluster.values()), median_low(s.end for s in cluster.values()), label)
