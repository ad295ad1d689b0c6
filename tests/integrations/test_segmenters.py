"""What outlines things answers with their pixels."""

import io
import struct

import numpy as np
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from PIL import Image

from gtcrowd.integrations.grabcut import GrabCut
from gtcrowd.integrations.onnx_model import OnnxModel, bells
from tests.portal.pictures import ends, overlap, thing


def picture(size):
    file, mask = thing(*size)
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGB")), mask


@pytest.mark.parametrize("size", [(160, 120), (640, 480), (1160, 860)])
def test_grabcut_finds_object(size):
    observed, mask = picture(size)

    assert overlap(GrabCut().segment(observed, ends(mask)), mask) > 0.93


def test_grabcut_is_repeatable():
    observed, mask = picture((640, 480))

    assert (GrabCut().segment(observed, ends(mask)) == GrabCut().segment(observed, ends(mask))).all()


def number(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def encoded(field: int, value: int | bytes | str) -> bytes:
    """A field of a protocol buffer."""
    if isinstance(value, int):
        return number(field << 3) + number(value)
    content = value.encode() if isinstance(value, str) else value
    return number(field << 3 | 2) + number(len(content)) + content


def tensor_type(name: str, channels: int) -> bytes:
    shape = b"".join(encoded(1, encoded(1, size)) for size in (1, channels, 512, 512))
    return encoded(1, name) + encoded(2, encoded(1, encoded(1, 1) + encoded(2, shape)))


def floats(name: str, shape: tuple[int, ...], values: list[float]) -> bytes:
    return (
        b"".join(encoded(1, item) for item in shape)
        + encoded(2, 1)
        + encoded(8, name)
        + encoded(9, struct.pack(f"<{len(values)}f", *values))
    )


def model(weights: list[float], bias: float) -> bytes:
    """An ONNX file: a convolution of one pixel over the four channels, then a sigmoid."""
    shape = encoded(1, "kernel_shape") + encoded(8, 1) + encoded(8, 1) + encoded(20, 7)
    graph = (
        encoded(
            1,
            encoded(1, "in")
            + encoded(1, "w")
            + encoded(1, "b")
            + encoded(2, "mid")
            + encoded(4, "Conv")
            + encoded(5, shape),
        )
        + encoded(1, encoded(1, "mid") + encoded(2, "out") + encoded(4, "Sigmoid"))
        + encoded(2, "tiny")
        + encoded(5, floats("w", (1, 4, 1, 1), weights))
        + encoded(5, floats("b", (1,), [bias]))
        + encoded(11, tensor_type("in", 4))
        + encoded(12, tensor_type("out", 1))
    )
    return encoded(1, 8) + encoded(7, graph) + encoded(8, encoded(2, 13))


def test_model_gets_pixels_and_points(tmp_path):
    file = tmp_path / "red.onnx"
    file.write_bytes(model([0.2, 0, -0.2, 0], -10))  # redder than blue by 50
    mask = picture((640, 480))[1]
    observed = np.where(mask[..., None], np.uint8([190, 70, 60]), np.uint8([110, 140, 90]))

    with override_settings(GTCROWD_SEGMENTER_MODEL=str(file)):
        result = OnnxModel().segment(observed, ends(mask))

    assert result.shape == mask.shape
    assert overlap(result, mask) > 0.98


def test_model_sees_point_positions(tmp_path):
    file = tmp_path / "points.onnx"
    file.write_bytes(model([0, 0, 0, 1], -127))

    with override_settings(GTCROWD_SEGMENTER_MODEL=str(file)):
        result = OnnxModel().segment(
            np.zeros((256, 256, 3), dtype=np.uint8), np.array([[50, 20], [50, 90], [20, 50], [90, 50.0]])
        )

    assert result[20, 50]
    assert result[50, 90]
    assert not result[50, 50]


def test_click_maps_peak_at_points():
    result = bells(np.array([[10, 20], [30, 40], [50, 60], [70, 80.0]]))

    assert result[20, 10] == result[80, 70] == 255
    assert result[400, 400] < 1


@pytest.mark.parametrize("name", ["", "/nowhere/model.onnx"])
def test_names_missing_model(name):
    with (
        override_settings(GTCROWD_SEGMENTER_MODEL=name),
        pytest.raises(ImproperlyConfigured, match="GTCROWD_SEGMENTER_MODEL"),
    ):
        OnnxModel()
