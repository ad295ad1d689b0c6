"""Measure the errors of bounding boxes against a reference: the gold answer, else the truth, else the label.

The boxes of an answer are matched with the reference boxes as in consolidation (gtcrowd.consolidation.shapes.detection:
greedily within a label by descending IoU). For a matched pair with center x, y, width w and height h, and reference
X, Y, W, H:

    dx = (x - X) / W,  dy = (y - Y) / H     offset of the center; positive is right and down
    log(w / W), log(h / H)                  offset of the size; positive is larger
    IoU                                     area of the intersection / area of the union
                                            (Everingham et al. 2010, "The Pascal visual object classes (VOC) challenge",
                                            section 4.2)

A reference box without a match is missed; an unmatched box of the answer is extra. The mean of an offset is the
systematic error, with Student's 95 % interval m ± t s / √n, which treats the boxes of one image as independent. Labels
are made from these answers, so offsets from labels are slightly smaller than offsets from the truth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from gtcrowd.consolidation.shapes.boxes import Boxes, iou
from gtcrowd.consolidation.shapes.detection import match_pairs

FloatArray = npt.NDArray[np.float64]
OFFSETS = ("dx", "dy", "width", "height")
BINS = 10


@dataclass(frozen=True, eq=False)
class BoxErrors:
    """Errors of matched and unmatched boxes.

    answer         [pairs]     index of the answer
    offset         [pairs, 4]  dx, dy, log(w / W), log(h / H)
    iou            [pairs]
    missed, extra  [answers]   number of unmatched boxes; 0 for an answer without a reference
    """

    answer: npt.NDArray[np.int64]
    offset: FloatArray
    iou: FloatArray
    missed: npt.NDArray[np.int64]
    extra: npt.NDArray[np.int64]


def compare(answers: Sequence[Boxes], references: Sequence[Boxes | None]) -> BoxErrors:
    """Match the boxes of each answer with its reference boxes; None for an answer without a reference.

    Boxes are (label, (left, top, right, bottom)); reference boxes have a positive area.
    """
    index, edges, overlaps = [], [], []
    missed, extra = np.zeros(len(answers), np.int64), np.zeros(len(answers), np.int64)
    for row, (boxes, reference) in enumerate(zip(answers, references, strict=True)):
        if reference is None:
            continue
        pairs = match_pairs(boxes, reference, iou)
        missed[row], extra[row] = len(reference) - len(pairs), len(boxes) - len(pairs)
        for box, other, overlap in pairs:
            index.append(row)
            edges.append((*boxes[box][1], *reference[other][1]))
            overlaps.append(overlap)
    left, top, right, bottom, left2, top2, right2, bottom2 = np.array(edges, np.float64).reshape(-1, 8).T
    wide, high = right2 - left2, bottom2 - top2
    offset = np.stack([
        (left + right - left2 - right2) / 2 / wide, (top + bottom - top2 - bottom2) / 2 / high,
        np.log((right - left) / wide), np.log((bottom - top) / high),
    ], axis=1)  # fmt: skip
    return BoxErrors(np.array(index, np.int64), offset, np.array(overlaps, np.float64), missed, extra)


def summarize(errors: BoxErrors, answers: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Summarize the errors of the chosen `answers` [answers] for JSON.

    n (pairs), missed, extra; dx, dy, width, height: each [mean, low, high], the ends None for a single pair, all None
    without one; iou: pairs in ten bins of equal width; mean_iou: None without a pair.
    """
    pairs = answers[errors.answer]
    n = int(pairs.sum())
    summary: dict[str, Any] = {
        "n": n, "missed": int(errors.missed[answers].sum()), "extra": int(errors.extra[answers].sum()),
    }  # fmt: skip
    for column, name in enumerate(OFFSETS):
        summary[name] = _mean(errors.offset[pairs, column])
    bins = np.minimum((errors.iou[pairs] * BINS).astype(int), BINS - 1)
    summary["iou"] = np.bincount(bins, minlength=BINS).tolist()
    summary["mean_iou"] = round(float(errors.iou[pairs].mean()), 6) if n else None
    return summary


def _mean(values: FloatArray) -> list[float | None]:
    """Return the mean and the ends of Student's 95 % interval."""
    if not len(values):
        return [None, None, None]
    mean = float(values.mean())
    if len(values) == 1:
        return [round(mean, 6), None, None]
    half_width = float(special.stdtrit(len(values) - 1, 0.975)) * float(values.std(ddof=1)) / len(values) ** 0.5
    return [round(mean, 6), round(mean - half_width, 6), round(mean + half_width, 6)]
