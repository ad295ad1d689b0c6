"""Outlines by GrabCut, which needs no model: the default of GTCROWD_SEGMENTER.

Rother, Kolmogorov, Blake: "GrabCut" — interactive foreground extraction using iterated graph cuts, SIGGRAPH 2004.
"""

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

COARSE = 80_000
"""Pixels on which the colours of thing and background are learned; finer than that only the edge is decided. More take
seconds where a picture is nothing but texture, and find the same."""
STEPS = 4
BAND = 4
"""Pixels of the coarse picture on both sides of its edge that are decided anew."""
PROBABLY, SURELY = 0.9, 0.35
"""How large the quadrilateral of the four points is taken for what probably, and what surely, is the thing."""


class GrabCut:
    """Answers gtcrowd.workpage.segment.Segmenter."""

    def segment(self, picture: npt.NDArray[np.uint8], points: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        height, width = picture.shape[:2]
        factor = min(1.0, math.sqrt(COARSE / (height * width)))
        small = _resized(picture, factor, cv2.INTER_AREA) if factor < 1 else picture
        models = (np.zeros((1, 65)), np.zeros((1, 65)))  # mixtures of the background's colours and of the thing's
        seeds = _seeds(small.shape[:2], points * factor)
        cv2.setRNGSeed(0)  # the same picture and points give the same outline
        cv2.grabCut(small, seeds, None, *models, STEPS, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
        inside = _inside(seeds)
        if factor < 1:
            inside = _refined(picture, inside, round(BAND / factor), models)
        return _whole(inside)


def _seeds(shape: tuple[int, ...], points: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Outside the box of the points is no thing; in the middle of them is one; in between is to be found out."""
    seeds = np.full(shape, cv2.GC_BGD, dtype=np.uint8)
    left, top = np.floor(points.min(axis=0)).astype(int).clip(0)
    right, bottom = np.ceil(points.max(axis=0)).astype(int)
    seeds[top : bottom + 1, left : right + 1] = cv2.GC_PR_BGD
    middle = points.mean(axis=0)
    around = points[np.argsort(np.arctan2(*(points - middle).T))]
    for part, meaning in ((PROBABLY, cv2.GC_PR_FGD), (SURELY, cv2.GC_FGD)):
        corners = np.round(middle + (around - middle) * part).astype(np.int32)
        cv2.fillPoly(seeds, [corners], (meaning,))
    return seeds


def _refined(
    picture: npt.NDArray[np.uint8], coarse: npt.NDArray[np.bool_], band: int, models: Any
) -> npt.NDArray[np.bool_]:
    """The same decided at full size, near its edge only."""
    height, width = picture.shape[:2]
    shades = cv2.resize(coarse.astype(np.uint8) * 255, (width, height), interpolation=cv2.INTER_LINEAR)
    inside = (shades > 127).astype(np.uint8)
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * band + 1, 2 * band + 1))
    seeds = np.where(inside, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    seeds[cv2.erode(inside, round_) > 0] = cv2.GC_FGD
    seeds[cv2.dilate(inside, round_) == 0] = cv2.GC_BGD
    cv2.grabCut(picture, seeds, None, *models, 1, cv2.GC_EVAL_FREEZE_MODEL)  # type: ignore[call-overload]
    return _inside(seeds)


def _whole(inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The largest piece without specks in it: four points are the ends of one thing."""
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    smooth = cv2.morphologyEx(inside.astype(np.uint8), cv2.MORPH_CLOSE, round_)
    _count, pieces, statistics, _middles = cv2.connectedComponentsWithStats(smooth)
    if len(statistics) < 2:
        return inside
    largest: npt.NDArray[np.bool_] = pieces == 1 + int(statistics[1:, cv2.CC_STAT_AREA].argmax())
    return largest


def _resized(picture: npt.NDArray[np.uint8], factor: float, how: int) -> npt.NDArray[np.uint8]:
    result: npt.NDArray[Any] = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=how)
    return result


def _inside(seeds: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    result: npt.NDArray[np.bool_] = (seeds == cv2.GC_FGD) | (seeds == cv2.GC_PR_FGD)
    return result
