"""Outlines by a model of one's own in an ONNX file, named by GTCROWD_SEGMENTER_MODEL.

The model is one such as Maninis et al., "Deep Extreme Cut" (CVPR 2018). Input: float32 [1, 4, 512, 512], the part of
the picture about the points, as red, green and blue of 0 to 255, and a map of the four points: 255 at each, falling off
as a bell of 10 pixels. Output: float32 [1, 1, 512, 512], how probably each pixel belongs to the thing, 0 to 1; a
smaller output is enlarged.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SIDE = 512
BELL = 10.0
CERTAIN = 0.5


class OnnxModel:
    """Answers gtcrowd.workpage.segment.Segmenter."""

    def __init__(self) -> None:
        try:
            self.net = cv2.dnn.readNetFromONNX(settings.GTCROWD_SEGMENTER_MODEL)
        except cv2.error as error:
            raise ImproperlyConfigured("GTCROWD_SEGMENTER_MODEL names no ONNX file that can be read.") from error

    def segment(self, picture: npt.NDArray[np.uint8], points: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        height, width = picture.shape[:2]
        resized = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
        channels = np.dstack([resized, bells(points * (SIDE / width, SIDE / height))])
        self.net.setInput(np.ascontiguousarray(channels.transpose(2, 0, 1)[None]))
        out: Any = self.net.forward()
        sure = cv2.resize(out.reshape(out.shape[-2:]), (width, height), interpolation=cv2.INTER_LINEAR)
        result: npt.NDArray[np.bool_] = sure > CERTAIN
        return result


def bells(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """The map of the points, [512, 512]."""
    down, across = np.mgrid[:SIDE, :SIDE]
    far = [(across - x) ** 2 + (down - y) ** 2 for x, y in points]
    result: npt.NDArray[np.float32] = (255 * np.exp(-np.min(far, axis=0) / (2 * BELL**2))).astype(np.float32)
    return result
