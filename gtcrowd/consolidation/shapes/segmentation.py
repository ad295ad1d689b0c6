"""What methods for masks share: groups of pixels that the same workers marked, similarity, and measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical.table import TableRefused
from gtcrowd.consolidation.shapes.rle import Bits, Layer, Mask, encode, label_pixels
from gtcrowd.consolidation.structured.summary import summarise
from gtcrowd.consolidation.structured.table import ValueTable

Masks = ValueTable[Mask]
HIGHER_IS_BETTER = frozenset({"mean_iou", "dice", "compared"})
# Up to so many workers per image, the workers who marked a pixel are the bits of an int64.
MAX_WORKERS_FOR_BITS = 62


def measure(labels: Sequence[Mask | None], truths: Sequence[Mask]) -> Mapping[str, float]:
    """Return mean IoU and mean Dice over tasks, all labels of a task together.

    Masks of different sizes cannot be compared, as it is not known how they are aligned. Such tasks are left out, and
    `compared` is the number of the others; a task without a mask counts 0.
    """
    scores = [
        iou(label, truth) if label else 0.0
        for label, truth in zip(labels, truths, strict=True)
        if label is None or (label.height, label.width) == (truth.height, truth.width)
    ]
    mean_iou = float(np.mean(scores)) if scores else 0.0
    dice = float(np.mean([2 * s / (1 + s) for s in scores])) if scores else 0.0
    return {"mean_iou": mean_iou, "dice": dice, "compared": float(len(scores))}


def iou(first: Mask, second: Mask | None) -> float:
    """Return the IoU of two masks, labels separately; 1 if both are empty, 0 if their sizes differ."""
    if second is None or (first.height, first.width) != (second.height, second.width):
        return 0.0
    size = first.height * first.width
    shared = union = 0
    for label in {layer.label for layer in (*first.layers, *second.layers)}:
        a, b = label_pixels(first, label, size), label_pixels(second, label, size)
        shared += int((a & b).sum())
        union += int((a | b).sum())
    return shared / union if union else 1.0


def mean_iou(table: Masks) -> float | None:
    """Return the mean IoU of answers of different workers to one task; None if no task has two."""
    scores = [
        iou(table.value[first], table.value[second])
        for rows in table.rows_by_task()
        for first, second in combinations(rows.tolist(), 2)
        if table.worker[first] != table.worker[second]
    ]
    return float(np.mean(scores)) if scores else None


@dataclass(frozen=True, eq=False)
class PixelGroups:
    """Pixels of one task and label, grouped by which workers marked them; the larger region of agreement is left out.

    shape       height and width
    workers     [k]
    marked      [k, groups]
    size        [groups], number of pixels
    group       [pixels], -1 if left out
    inverted    whether the region left out is the marked one; `marked` then says who did *not* mark, so that the object
        is always the smaller region
    """

    task: int
    label: str
    shape: tuple[int, int]
    workers: npt.NDArray[np.int64]
    marked: Bits
    size: FloatArray
    group: npt.NDArray[np.int32]
    inverted: bool


def pixel_groups(table: Masks) -> list[PixelGroups]:
    """Return the groups of every task and label. Raises TableRefused if the masks of a task differ in size."""
    result = []
    for task, rows in enumerate(table.rows_by_task()):
        if not len(rows):
            continue
        shapes = {(table.value[row].height, table.value[row].width) for row in rows}
        if len(shapes) > 1:
            sizes = ", ".join(sorted(f"{h}x{w}" for h, w in shapes))
            raise TableRefused(f"its masks are of the sizes {sizes}; masks of one image must have one size", task=task)
        shape = shapes.pop()
        size = shape[0] * shape[1]
        for label in sorted({layer.label for row in rows for layer in table.value[row].layers}) or [""]:
            pattern = np.zeros(size, dtype=np.int64)
            stack = [label_pixels(table.value[row], label, size) for row in rows]
            if len(rows) <= MAX_WORKERS_FOR_BITS:
                for bit, pixels in enumerate(stack):
                    pattern |= pixels.astype(np.int64) << bit
            else:
                pattern = np.unique(np.stack(stack, axis=1), axis=0, return_inverse=True)[1].astype(np.int64)
                pattern[~np.any(stack, axis=0)] = 0
            _, index, inverse, number = np.unique(pattern, return_index=True, return_inverse=True, return_counts=True)
            marked = np.stack([pixels[index] for pixels in stack])
            inverted = bool((number @ marked.all(axis=0)) > (number @ ~marked.any(axis=0)))
            marked = ~marked if inverted else marked
            by_any = marked.any(axis=0)
            translate = np.where(by_any, np.cumsum(by_any) - 1, -1)
            result.append(
                PixelGroups(
                    task, label, shape, table.worker[rows].astype(np.int64), marked[:, by_any],
                    number[by_any].astype(np.float64), translate[inverse].astype(np.int32), inverted,
                )
            )  # fmt: skip
    return result


def summary(
    table: Masks,
    groups: Sequence[PixelGroups],
    probability: Sequence[FloatArray],
    inside: Sequence[Bits],
    *,
    method: str,
    parameters: Mapping[str, float],
    smoothing: float = 0.0,
    worker_parameters: Mapping[str, FloatArray] | None = None,
    steps: int = 1,
    converged: bool = True,
    objective: tuple[float, ...] = (),
) -> Aggregation[list[Mask | None]]:
    """Return the result of a method.

    probability   for each of `groups` [groups], that its pixels belong to the label
    inside        for each of `groups` [groups], whether they do
    smoothing     standard deviation in pixels of a Gaussian over the probabilities before they are decided; 0: none

    `part_confidence`: mean probability over the pixels of each layer that not all workers agree on. `confidence`: mean
    of max(p, 1 - p) over the pixels that not all agree on. The score of an answer is its IoU with the label.
    """
    labels: list[Mask | None] = [None] * table.n_tasks
    parts: list[list[float]] = [[] for _ in range(table.n_tasks)]
    certainty, pixel_count = np.zeros(table.n_tasks), np.zeros(table.n_tasks)
    for group, p, chosen in zip(groups, probability, inside, strict=True):
        pixels = np.append(chosen, False)[group.group] ^ group.inverted
        if smoothing > 0:
            smooth = ndimage.gaussian_filter(np.append(p, 0.0)[group.group].reshape(group.shape), smoothing)
            pixels = (smooth > 0.5).reshape(-1) ^ group.inverted
        before = labels[group.task]
        layers = before.layers if before else ()
        if pixels.any():
            layers = (*layers, Layer(group.label, encode(pixels)))
            parts[group.task].append(float(np.average(p[chosen], weights=group.size[chosen])) if chosen.any() else 1.0)
        labels[group.task] = Mask(*group.shape, layers)
        certainty[group.task] += float(group.size @ np.maximum(p, 1 - p)) if p.size else 0.0
        pixel_count[group.task] += float(group.size.sum())
    score = np.array([iou(value, labels[task]) for value, task in zip(table.value, table.task.tolist(), strict=True)])
    return summarise(
        table, labels, score=score,
        confidence=np.divide(certainty, pixel_count, out=np.ones(table.n_tasks), where=pixel_count > 0),
        part_confidence=[np.array(group) for group in parts], agreement=mean_iou(table), method=method,
        parameters=parameters, worker_parameters=worker_parameters, steps=steps, converged=converged,
        objective=objective,
    )  # fmt: skip
