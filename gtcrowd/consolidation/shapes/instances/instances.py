"""Match objects over all workers by IoU, estimate whether each exists, and vote on its pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical.table import TableRefused
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.shapes import detection, matching
from gtcrowd.consolidation.shapes.rle import Layer, Mask, decode, encode
from gtcrowd.consolidation.shapes.segmentation import Masks, iou, mean_iou
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.summary import summarise
from gtcrowd.consolidation.structured.table import ValueTable

# A mask and the position of the object's layer in it.
Instance = tuple[Mask, int]


@method(
    name="instances",
    title=language.gettext_lazy("Matched instances"),
    summary=language.gettext_lazy(
        "Matches objects over all workers, estimates whether each exists, and votes on its pixels."
    ),
    order=10,
    parameters={
        "least_iou": Parameter(0.3, 0.0, 1.0, "mean intersection over union of masks of one object"),
        "least_chance": Parameter(0.5, 0.0, 1.0, "probability of existence below which an object is left out"),
    },
)
def instances(table: Masks, *, least_iou: float = 0.3, least_chance: float = 0.5) -> Aggregation[list[Mask | None]]:
    """Consolidate objects; see `detection`.

    least_iou      mean intersection over union of masks of one object
    least_chance   probability of existence below which an object is left out

    `part_confidence`: probability that the object exists; `confidence`: that all such decisions of the image are right.
    `worker_parameters`: detection (accuracy of the decisions). Raises TableRefused if masks of a task differ in size.
    """
    shapes: ValueTable[Sequence[tuple[str, Instance]]] = ValueTable(
        table.task, table.worker,
        [tuple((layer.label, (value, index)) for index, layer in enumerate(value.layers)) for value in table.value],
        table.n_tasks, table.n_workers,
    )  # fmt: skip
    clusters = matching.clusters(shapes, _ious, min_similarity=least_iou, key=lambda mark: mark[0].layers[mark[1]].runs)
    probability, accuracy = detection.existence_probability(clusters, table.n_workers)
    layers: list[list[tuple[float, Layer]]] = [[] for _ in range(table.n_tasks)]
    for cluster, p in zip(clusters, probability.tolist(), strict=True):
        if p < least_chance:
            continue
        size = cluster.annotations[0].shape[0].height * cluster.annotations[0].shape[0].width
        votes = np.mean([decode(a.shape[0].layers[a.shape[1]].runs, size) for a in cluster.annotations], axis=0)
        layers[cluster.task].append((p, Layer(detection.weighted_label(cluster, accuracy), encode(votes > 0.5))))
    labels: list[Mask | None] = [None] * table.n_tasks
    parts = [np.zeros(0)] * table.n_tasks
    for task, rows in enumerate(table.rows_by_task()):
        if len(rows):
            first = table.value[rows[0]]
            ordered = sorted(layers[task], key=lambda pair: (-round(pair[0], 9), pair[1].runs))
            labels[task] = Mask(first.height, first.width, tuple(layer for _, layer in ordered))
            parts[task] = np.array([p for p, _ in ordered])
    score = np.array([iou(value, labels[task]) for value, task in zip(table.value, table.task.tolist(), strict=True)])
    return summarise(
        table, labels, confidence=detection.task_confidence(clusters, probability, table.n_tasks), score=score,
        part_confidence=parts, agreement=mean_iou(table), method="instances",
        parameters={"least_iou": least_iou, "least_chance": least_chance}, worker_parameters={"detection": accuracy},
    )  # fmt: skip


def _ious(shapes: Sequence[Instance]) -> FloatArray:
    """Return the IoU of each pair of objects, [n, n]."""
    if len({(mask.height, mask.width) for mask, _ in shapes}) > 1:
        raise TableRefused("masks of one image are of different sizes; they must have one size")
    pixels = np.stack([decode(mask.layers[index].runs, mask.height * mask.width) for mask, index in shapes])
    inside = pixels.astype(np.float32)
    shared = inside @ inside.T
    area = inside.sum(axis=1)
    return np.asarray(shared / np.maximum(area[:, None] + area - shared, 1), dtype=np.float64)
