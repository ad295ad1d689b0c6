"""Match boxes over all workers, estimate whether each object exists, and average positions; the default for boxes."""

from __future__ import annotations

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.shapes import detection, matching
from gtcrowd.consolidation.shapes.boxes import GEOMETRY, MIN_IOU, Boxes, iou, ious, sort_key
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.table import ValueTable


@method(
    name="matched",
    title=language.gettext_lazy("Matched boxes"),
    summary=language.gettext_lazy(
        "Matches boxes over all workers, estimates whether each object exists, and averages positions by precision."
    ),
    order=10,
    parameters={
        "least_iou": MIN_IOU,
        "least_chance": Parameter(0.5, 0.0, 1.0, "probability of existence below which a box is left out"),
    },
)
def matched(
    table: ValueTable[Boxes], *, least_iou: float = 0.3, least_chance: float = 0.5
) -> Aggregation[list[Boxes | None]]:
    """Consolidate boxes; see `detection`.

    least_iou      mean intersection over union of boxes of one object
    least_chance   probability of existence below which a box is left out

    `part_confidence`: probability that the object exists; `confidence`: that all such decisions of the image are right.
    `worker_parameters`: detection (accuracy of the decisions) and spread (error of position by size).
    """
    clusters = matching.clusters(table, ious, min_similarity=least_iou, key=sort_key)
    probability, accuracy = detection.existence_probability(clusters, table.n_workers)
    shapes, spread = detection.average_shapes(clusters, GEOMETRY, table.n_workers)
    detections = [
        (cluster.task, detection.weighted_label(cluster, accuracy), shape, float(p))
        for cluster, shape, p in zip(clusters, shapes, probability, strict=True)
        if p >= least_chance
    ]
    return detection.summary(
        table, detections, confidence=detection.task_confidence(clusters, probability, table.n_tasks),
        similarity=iou, key=sort_key, agreement=detection.mean_overlap(table, iou), method="matched",
        parameters={"least_iou": least_iou, "least_chance": least_chance},
        worker_parameters={"detection": accuracy, "spread": spread},
    )  # fmt: skip
