"""Where and how far the boxes of answers are off those they are held against (what is known, else the label).

An answer's boxes are matched with those of its object as consolidation does it (gtcrowd.consolidation.shapes.detection:
of one label, the pairs of the largest intersection over union first, none twice). Of a pair of an answer's box with
center x, y, width w, height h, and the other's X, Y, W, H:

    offset of place    dx = (x - X) / W,  dy = (y - Y) / H        to the right and downwards are positive
    offset of size     log(w / W),  log(h / H)                    larger is positive
    likeness           IoU, intersection over union (Everingham et al. 2010, "The Pascal visual object classes (VOC)
                       challenge", section 4.2)

A box of the object without a pair was missed, one of the answer is extra. The mean of an offset is what is systematic
in it; its 95 % interval is Student's, mean ± t s / √n, which takes the boxes of one picture for independent. A label is
made of these answers as well, so that offsets from labels are a little smaller than from the truth."""

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
class Compared:
    """`answer` [pairs]: the place of the pair's answer; `offset` [pairs, 4]: dx, dy, log(w / W), log(h / H); `iou`
    [pairs]; `missed`, `extra` [answers]: boxes without a pair, 0 where there is nothing to hold the answer against."""

    answer: npt.NDArray[np.int64]
    offset: FloatArray
    iou: FloatArray
    missed: npt.NDArray[np.int64]
    extra: npt.NDArray[np.int64]


def compared(given: Sequence[Boxes], held: Sequence[Boxes | None]) -> Compared:
    """Match each answer's boxes with those it is held against; None where there are none to be had.

    Boxes are (label, (left, top, right, bottom)); those they are held against have an area.
    """
    answer, offsets, likeness = [], [], []
    missed, extra = np.zeros(len(given), np.int64), np.zeros(len(given), np.int64)
    for place, (own, other) in enumerate(zip(given, held, strict=True)):
        if other is None:
            continue
        pairs = match_pairs(own, other, iou)
        missed[place], extra[place] = len(other) - len(pairs), len(own) - len(pairs)
        for one, two, similar in pairs:
            answer.append(place)
            offsets.append((*own[one][1], *other[two][1]))
            likeness.append(similar)
    left, top, right, bottom, left2, top2, right2, bottom2 = np.array(offsets, np.float64).reshape(-1, 8).T
    wide, high = right2 - left2, bottom2 - top2
    offset = np.stack([
        (left + right - left2 - right2) / 2 / wide, (top + bottom - top2 - bottom2) / 2 / high,
        np.log((right - left) / wide), np.log((bottom - top) / high),
    ], axis=1)  # fmt: skip
    return Compared(np.array(answer, np.int64), offset, np.array(likeness, np.float64), missed, extra)


def summed(found: Compared, chosen: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Of the answers `chosen` [answers], in JSON: n (pairs), missed, extra; dx, dy, width, height, each [mean, low,
    high], the ends None for a single pair, all None without one; iou (pairs in ten bins of equal width), mean_iou."""
    pairs = chosen[found.answer]
    n = int(pairs.sum())
    told: dict[str, Any] = {"n": n, "missed": int(found.missed[chosen].sum()), "extra": int(found.extra[chosen].sum())}
    for place, name in enumerate(OFFSETS):
        told[name] = _mean(found.offset[pairs, place])
    bins = np.minimum((found.iou[pairs] * BINS).astype(int), BINS - 1)
    told["iou"] = np.bincount(bins, minlength=BINS).tolist()
    told["mean_iou"] = round(float(found.iou[pairs].mean()), 6) if n else None
    return told


def _mean(values: FloatArray) -> list[float | None]:
    if not len(values):
        return [None, None, None]
    mean = float(values.mean())
    if len(values) == 1:
        return [round(mean, 6), None, None]
    reach = float(special.stdtrit(len(values) - 1, 0.975)) * float(values.std(ddof=1)) / len(values) ** 0.5
    return [round(mean, 6), round(mean - reach, 6), round(mean + reach, 6)]
