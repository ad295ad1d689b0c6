"""Boxes around things on a picture."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.shapes import existence, matching
from gtcrowd.consolidation.shapes.existence import Geometry, Labelled
from gtcrowd.consolidation.values.form import Form
from gtcrowd.consolidation.values.method import ValueMethod
from gtcrowd.consolidation.values.outcome import FloatArray, Outcome
from gtcrowd.consolidation.values.table import ValueRefused, ValueTable

Box = tuple[float, float, float, float]
Boxes = Labelled[Box]


def read(text: str) -> Boxes:
    """A JSON list of [x0, y0, x1, y1] or [x0, y0, x1, y1, "label"] in pixels; an empty list where nothing was seen."""
    try:
        items = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueRefused(f"is {text!r:.60}; expected a JSON list of [x0, y0, x1, y1]") from error
    if not isinstance(items, list):
        raise ValueRefused(f"is {text!r:.60}; expected a JSON list of [x0, y0, x1, y1]")
    return tuple(_box(item) for item in items)


def write(value: Boxes) -> str:
    """The cell; boxes without a label have four numbers."""
    return json.dumps([[*box, name] if name else [*box] for name, box in value], ensure_ascii=False)


def iou(one: Box, other: Box) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (_area(one) + _area(other) - shared)


def ious(boxes: Sequence[Box]) -> FloatArray:
    """Intersection over union of each with each, [n, n]."""
    b = np.array(boxes, dtype=np.float64)
    low, high = np.maximum(b[:, None, :2], b[:, :2]), np.minimum(b[:, None, 2:], b[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    area = np.prod(b[:, 2:] - b[:, :2], axis=1)
    return np.asarray(shared / np.maximum(area[:, None] + area - shared, np.finfo(np.float64).tiny))


def consolidated(table: ValueTable[Boxes], *, least_iou: float = 0.3, least_chance: float = 0.5) -> Outcome[Boxes]:
    """Match over all workers, judge existence, and weigh places by precision; the default. See `existence`.

    least_iou      mean intersection over union of marks of the same thing
    least_chance   probability of existence below which a box is left out

    `parts`: probability that the thing is there; `confidence`: that all such decisions of the picture are right.
    `traits`: detection (share of decisions that agree) and spread (error of place by size) of each worker.
    """
    found = matching.clusters(table, ious, least=least_iou, key=_key)
    chance, trust = existence.chances(found, table.n_workers)
    shapes, spread = existence.placed(found, GEOMETRY, table.n_workers)
    kept = [
        (one.task, existence.label(one, trust), shape, float(p))
        for one, shape, p in zip(found, shapes, chance, strict=True)
        if p >= least_chance
    ]
    return existence.gathered(
        table, kept, sure=existence.whole_sure(found, chance, table.n_tasks), similarity=iou, key=_key,
        agreement=existence.mean_overlap(table, iou), method="matched",
        parameters={"least_iou": least_iou, "least_chance": least_chance},
        traits={"detection": trust, "spread": spread},
    )  # fmt: skip


def ground_truth_mean(table: ValueTable[Boxes], *, least_iou: float = 0.3) -> Outcome[Boxes]:
    """Matched boxes averaged plainly and all kept, as in Ground Truth.

    `parts`: root of the share of workers who drew the box, times the mean IoU of their boxes with the mean; half of it
    for a box of one worker only. Ground Truth's formula is not published; of five workers' boxes its median
    confidences are 0.93, 0.82, 0.74, 0.60 and 0.23 for boxes of five to one of them, which this reproduces where
    boxes overlap by 0.93. `confidence`: mean over the boxes.
    """
    found = matching.clusters(table, ious, least=least_iou, key=_key)
    kept, by_task = [], [[] for _ in range(table.n_tasks)]  # type: ignore[var-annotated]
    for one in found:
        shapes = [mark.shape for mark in one.marks]
        mean: Box = tuple(float(x) for x in np.mean(shapes, axis=0))  # type: ignore[assignment]
        near = float(np.mean([iou(shape, mean) for shape in shapes]))
        chance = math.sqrt(len(shapes) / len(one.asked)) * near * (0.5 if len(shapes) == 1 else 1.0)
        kept.append((one.task, existence.label(one, np.ones(table.n_workers)), mean, chance))
        by_task[one.task].append(chance)
    sure = np.array([np.mean(chances) if chances else 1.0 for chances in by_task])
    return existence.gathered(
        table, kept, sure=sure, similarity=iou, key=_key, agreement=existence.mean_overlap(table, iou),
        method="ground-truth-mean", parameters={"least_iou": least_iou},
    )  # fmt: skip


def measure(concluded: Sequence[Boxes | None], true: Sequence[Boxes]) -> Mapping[str, float]:
    """F1, precision and recall at an IoU of 0.5, and mean IoU with missed and extra boxes as 0."""
    return existence.measured(concluded, true, iou, least=0.5)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _key(box: Box) -> tuple[float, ...]:
    return tuple(box)


def _box(item: object) -> tuple[str, Box]:
    expected = 'expected [x0, y0, x1, y1] or [x0, y0, x1, y1, "label"] with x0 <= x1 and y0 <= y1'
    if not isinstance(item, list) or len(item) not in (4, 5) or (len(item) == 5 and not isinstance(item[4], str)):
        raise ValueRefused(f"has {item!r:.60}; {expected}")
    if not all(isinstance(x, int | float) and not isinstance(x, bool) and math.isfinite(x) for x in item[:4]):
        raise ValueRefused(f"has {item!r:.60}; {expected}")
    x0, y0, x1, y1 = map(float, item[:4])
    if not (x0 <= x1 and y0 <= y1):  # real workers click without drawing: such a box overlaps nothing
        raise ValueRefused(f"has {item!r:.60}; {expected}")
    return (item[4] if len(item) == 5 else "", (x0, y0, x1, y1))


GEOMETRY: Geometry[Box] = Geometry(
    vector=lambda box, _: np.array(box),
    shape=lambda vector: tuple(float(x) for x in vector),  # type: ignore[return-value,arg-type]
    scale=lambda box: math.sqrt(_area(box)),
)
LEAST_IOU = Parameter(0.3, 0.0, 1.0, "mean intersection over union of marks of the same thing")
FORM = Form(
    name="boxes",
    read=read,
    write=write,
    methods={
        "matched": ValueMethod(
            "matched",
            language.later("Matched"),
            language.later(
                "Matches boxes over all workers, judges whether the thing is there, and weighs places by precision."
            ),
            consolidated,
            {
                "least_iou": LEAST_IOU,
                "least_chance": Parameter(0.5, 0.0, 1.0, "probability below which it is left out"),
            },
        ),
        "ground-truth-mean": ValueMethod(
            "ground-truth-mean",
            language.later("Ground Truth's mean"),
            language.later("Matched boxes averaged plainly, all kept."),
            ground_truth_mean,
            {"least_iou": LEAST_IOU},
        ),
    },
    default="matched",
    measure=measure,
    higher=frozenset({"f1", "precision", "recall", "mean_overlap"}),
)
