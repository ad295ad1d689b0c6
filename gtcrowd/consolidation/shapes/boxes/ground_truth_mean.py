"""Ground Truth's consolidation of bounding boxes: matched boxes are averaged, and all are kept."""

from __future__ import annotations

import math

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.shapes import detection, matching
from gtcrowd.consolidation.shapes.boxes import GEOMETRY, MIN_IOU, Boxes, iou, ious, sort_key
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.table import ValueTable


@method(
    name="ground-truth-mean",
    title=language.gettext_lazy("Ground Truth mean"),
    summary=language.gettext_lazy("Averages matched boxes without weights and keeps all of them."),
    order=20,
    parameters={"least_iou": MIN_IOU},
)
def ground_truth_mean(table: ValueTable[Boxes], *, least_iou: float = 0.3) -> Aggregation[list[Boxes | None]]:
    """Average matched boxes.

    least_iou   mean intersection over union of boxes of one object

    `part_confidence`: square root of the share of workers who drew the box, times the mean IoU of their boxes with the
    mean; half of it for a box of one worker only. Ground Truth's formula is not published; its median confidences of
    boxes that five to one of five workers drew are 0.93, 0.82, 0.74, 0.60 and 0.23, which this reproduces where boxes
    overlap by 0.93. `confidence`: mean over the boxes.
    """
    clusters = matching.clusters(table, ious, min_similarity=least_iou, key=sort_key)
    detections, by_task = [], [[] for _ in range(table.n_tasks)]  # type: ignore[var-annotated]
    for cluster in clusters:
        shapes = [item.shape for item in cluster.annotations]
        mean = GEOMETRY.merged(shapes, np.ones(len(shapes)), np.mean(shapes, axis=0))
        mean_iou = float(np.mean([iou(shape, mean) for shape in shapes]))
        probability = math.sqrt(len(shapes) / len(cluster.workers)) * mean_iou * (0.5 if len(shapes) == 1 else 1.0)
        detections.append(
            (cluster.task, detection.weighted_label(cluster, np.ones(table.n_workers)), mean, probability)
        )
        by_task[cluster.task].append(probability)
    confidence = np.array([np.mean(probabilities) if probabilities else 1.0 for probabilities in by_task])
    return detection.summary(
        table, detections, confidence=confidence, similarity=iou, key=sort_key,
        agreement=detection.mean_overlap(table, iou), method="ground-truth-mean", parameters={"least_iou": least_iou},
    )  # fmt: skip
