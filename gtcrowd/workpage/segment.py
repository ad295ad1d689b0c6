"""Outline a thing in a picture from its four ends: the highest, the lowest, the leftmost and the rightmost point.

What finds the outline answers the interface here, and is named by the setting GTCROWD_SEGMENTER. It is given the part
of the picture about the points, not larger than it needs; cutting out and putting back are done here.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO, Protocol

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from gtcrowd.consolidation.shapes.rle import encode

MARGIN = 0.15
"""Of the longer side of the points' box that is shown around it: what the background looks like."""
LEAST_MARGIN = 10
MOST_PIXELS = 1_000_000
"""Of the part that is looked at; a larger one is reduced."""
MOST_PICTURE = 120_000_000
LEAST_SIDE = 3
SLACK = 0.02
"""Of the longer side by which an outline may go beyond the points: hands are not that exact."""
MOST_RUNS = 500_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP", "TIFF")
ORIENTATION = 0x0112
UPRIGHT = 1
TURNED = (5, 6, 7, 8)
"""Orientations in which width and height change places."""

Picture = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]


class Segmenter(Protocol):
    def segment(self, picture: Picture, points: Points) -> npt.NDArray[np.bool_]:
        """Which pixels belong to the thing. `picture`: RGB [height, width, 3]; `points`: [4, 2], x and y of its ends in
        pixels of the picture, in any order. The result is [height, width]."""


class NotOutlined(ValueError):
    """No outline can be given, and why."""


@dataclass(frozen=True)
class Outline:
    """Pixels of a thing: a part of the picture, and lengths of runs outside and inside by turns, row by row."""

    left: int
    top: int
    width: int
    height: int
    runs: list[int]


@cache
def segmenter() -> Segmenter:
    answering: Segmenter = import_string(settings.GTCROWD_SEGMENTER)()
    return answering


def outline(file: BinaryIO, *, points: Points, width: int, height: int) -> Outline:
    """The thing between four points of a picture that is seen as `width` × `height`. Raises NotOutlined."""
    least, most = points.min(axis=0), points.max(axis=0)
    if (least < 0).any() or (most > (width, height)).any():
        raise NotOutlined(_("The four points must be inside the picture."))
    if (most - least < LEAST_SIDE).any():
        raise NotOutlined(_("The four points are too close together."))
    box = _about(least, most, width, height)
    part, factor = _part(file, box, width, height)
    corner = np.array(box[:2])
    mask = segmenter().segment(part, (points - corner) * factor)
    inside = _enlarged(mask, box[2] - box[0], box[3] - box[1])
    _clip(inside, least - corner, most - corner)
    lengths = [int(value) for value in encode(inside.reshape(-1))]
    if not inside.any() or len(lengths) > MOST_RUNS:
        raise NotOutlined(_("No object was found between the four points."))
    return Outline(box[0], box[1], box[2] - box[0], box[3] - box[1], lengths)


def _about(least: Points, most: Points, width: int, height: int) -> tuple[int, int, int, int]:
    """The box of the points with a margin, within the picture."""
    margin = max(MARGIN * float((most - least).max()), LEAST_MARGIN)
    left, top = (max(math.floor(value - margin), 0) for value in least)
    right, bottom = (math.ceil(value + margin) for value in most)
    return left, top, min(right, width), min(bottom, height)


def _part(file: BinaryIO, box: tuple[int, int, int, int], width: int, height: int) -> tuple[Picture, float]:
    """The pixels in the box, reduced to what is looked at, and how much they were reduced."""
    left, top, right, bottom = box
    factor = min(1.0, math.sqrt(MOST_PIXELS / ((right - left) * (bottom - top))))
    try:
        with Image.open(file, formats=FORMATS) as opened:
            orientation = opened.getexif().get(ORIENTATION, UPRIGHT)
            seen_as = opened.size[::-1] if orientation in TURNED else opened.size
            if seen_as != (width, height) or width * height > MOST_PICTURE:
                raise NotOutlined(_("The picture has changed since it was shown, or is too large."))
            if factor < 1:  # a JPEG need not be unpacked finer than that
                opened.draft("RGB", (math.ceil(opened.width * factor), math.ceil(opened.height * factor)))
            # A large picture is not copied as a whole without need: that takes hundreds of megabytes.
            upright = opened if orientation == UPRIGHT else ImageOps.exif_transpose(opened)
            unpacked = upright.width / width
            cut = upright.crop((
                math.floor(left * unpacked), math.floor(top * unpacked),
                math.ceil(right * unpacked), math.ceil(bottom * unpacked),
            ))  # fmt: skip
            size = (max(round((right - left) * factor), 1), max(round((bottom - top) * factor), 1))
            part = cut.convert("RGB").resize(size, Image.Resampling.BILINEAR)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise NotOutlined(_("The picture cannot be read.")) from error
    return np.ascontiguousarray(part), factor


def _enlarged(mask: npt.NDArray[np.bool_], width: int, height: int) -> npt.NDArray[np.bool_]:
    if mask.shape == (height, width):
        return mask.copy()
    shades = Image.fromarray(mask.astype(np.uint8) * 255).resize((width, height), Image.Resampling.BILINEAR)
    inside: npt.NDArray[np.bool_] = np.asarray(shades) > 127
    return inside.copy()


def _clip(inside: npt.NDArray[np.bool_], least: Points, most: Points) -> None:
    """Take away what lies beyond the points: they are the ends of the thing."""
    slack = 1 + SLACK * float((most - least).max())
    left, top = (max(math.floor(value - slack), 0) for value in least)
    right, bottom = (math.ceil(value + slack) for value in most)
    inside[:top], inside[bottom:], inside[:, :left], inside[:, right:] = False, False, False, False
