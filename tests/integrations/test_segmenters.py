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
    seen, mask = picture(size)

    assert overlap(GrabCut().segment(seen, ends(mask)), mask) > 0.93


def test_grabcut_is_repeatable():
    seen, mask = picture((640, 480))

    assert (GrabCut().segment(seen, ends(mask)) == GrabCut().segment(seen, ends(mask))).all()


def number(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def told(field: int, value: int | bytes | str) -> bytes:
    """A field of a protocol buffer."""
    if isinstance(value, int):
        return number(field << 3) + number(value)
    content = value.encode() if isinstance(value, str) else value
    return number(field << 3 | 2) + number(len(content)) + content


def tensor_type(name: str, channels: int) -> bytes:
    shape = b"".join(told(1, told(1, size)) for size in (1, channels, 512, 512))
    return told(1, name) + told(2, told(1, told(1, 1) + told(2, shape)))


def floats(name: str, shape: tuple[int, ...], values: list[float]) -> bytes:
    return (
        b"".join(told(1, one) for one in shape)
        + told(2, 1)
        + told(8, name)
        + told(9, struct.pack(f"<{len(values)}f", *values))
    )


def model(weights: list[float], bias: float) -> bytes:
    """An ONNX file: a convolution of one pixel over the four channels, then a sigmoid."""
    shape = told(1, "kernel_shape") + told(8, 1) + told(8, 1) + told(20, 7)
    graph = (
        told(1, told(1, "in") + told(1, "w") + told(1, "b") + told(2, "mid") + told(4, "Conv") + told(5, shape))
        + told(1, told(1, "mid") + told(2, "out") + told(4, "Sigmoid"))
        + told(2, "tiny")
        + told(5, floats("w", (1, 4, 1, 1), weights))
        + told(5, floats("b", (1,), [bias]))
        + told(11, tensor_type("in", 4))
        + told(12, tensor_type("out", 1))
    )
    return told(1, 8) + told(7, graph) + told(8, told(2, 13))


def test_model_gets_pixels_and_points(tmp_path):
    file = tmp_path / "red.onnx"
    file.write_bytes(model([0.2, 0, -0.2, 0], -10))  # redder than blue by 50
    mask = picture((640, 480))[1]
    seen = np.where(mask[..., None], np.uint8([190, 70, 60]), np.uint8([110, 140, 90]))

    with override_settings(GTCROWD_SEGMENTER_MODEL=str(file)):
        found = OnnxModel().segment(seen, ends(mask))

    assert found.shape == mask.shape
    assert overlap(found, mask) > 0.98


def test_model_sees_point_positions(tmp_path):
    file = tmp_path / "points.onnx"
    file.write_bytes(model([0, 0, 0, 1], -127))

    with override_settings(GTCROWD_SEGMENTER_MODEL=str(file)):
        found = OnnxModel().segment(
            np.zeros((256, 256, 3), dtype=np.uint8), np.array([[50, 20], [50, 90], [20, 50], [90, 50.0]])
        )

    assert found[20, 50]
    assert found[50, 90]
    assert not found[50, 50]


def test_click_maps_peak_at_points():
    found = bells(np.array([[10, 20], [30, 40], [50, 60], [70, 80.0]]))

    assert found[20, 10] == found[80, 70] == 255
    assert found[400, 400] < 1


@pytest.mark.parametrize("name", ["", "/nowhere/model.onnx"])
def test_names_missing_model(name):
    with (
        override_settings(GTCROWD_SEGMENTER_MODEL=name),
        pytest.raises(ImproperlyConfigured, match="GTCROWD_SEGMENTER_MODEL"),
    ):
        OnnxModel()
