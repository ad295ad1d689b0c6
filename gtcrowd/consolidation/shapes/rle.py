"""Run-length encoded masks, and the text they are read from and written to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.structured.table import ValueRefused

Bits = npt.NDArray[np.bool_]

# Pixels of an image; a typing error in its size must not ask for all memory.
MAX_PIXELS = 500_000_000


@dataclass(frozen=True)
class Layer:
    """The pixels of one label or of one object: lengths of runs row by row, starting with pixels outside."""

    label: str
    runs: tuple[int, ...]


@dataclass(frozen=True)
class Mask:
    """Layers over an image of `height` × `width` pixels."""

    height: int
    width: int
    layers: tuple[Layer, ...]


def read(text: str) -> Mask:
    """Parse `HEIGHTxWIDTH:` and run lengths; further layers after `;`, with a label as `label=runs`.

    Raises ValueRefused.
    """
    size, colon, body = text.partition(":")
    try:
        height, width = (int(part) for part in size.split("x"))
    except ValueError as error:
        raise ValueRefused(f"begins with {size!r:.30}; expected HEIGHTxWIDTH: and the lengths of runs") from error
    if not colon or height < 1 or width < 1:
        raise ValueRefused(f"begins with {size!r:.30}; expected HEIGHTxWIDTH: and the lengths of runs")
    if height * width > MAX_PIXELS:
        raise ValueRefused(f"has {height * width:,} pixels; expected at most {MAX_PIXELS:,}")
    layers = [_layer(part, height * width) for part in body.split(";")] if body.strip() else []
    return Mask(height, width, tuple(layers))


def write(value: Mask) -> str:
    """Return the text that reads as this mask."""
    body = ";".join(
        (f"{layer.label}=" if layer.label else "") + " ".join(map(str, layer.runs)) for layer in value.layers
    )
    return f"{value.height}x{value.width}:{body}"


def decode(runs: Sequence[int], size: int) -> Bits:
    """Return the pixels of run lengths, [size]."""
    pixels = np.zeros(size, dtype=bool)
    edges = np.cumsum(runs)
    for begin, end in zip(edges[::2], edges[1::2], strict=False):
        pixels[begin:end] = True
    return pixels


def encode(pixels: Bits) -> tuple[int, ...]:
    """Return the run lengths of pixels [size], starting with those outside."""
    if not pixels.any():
        return (len(pixels),)
    edges = np.flatnonzero(np.diff(pixels))
    lengths = np.diff(np.concatenate([[-1], edges, [len(pixels) - 1]]))
    return tuple(int(x) for x in (([0] if pixels[0] else []) + lengths.tolist()))


def label_pixels(mask: Mask, label: str, size: int) -> Bits:
    """Return the pixels of all layers of a label, [size]."""
    pixels = np.zeros(size, dtype=bool)
    for layer in mask.layers:
        if layer.label == label:
            pixels |= decode(layer.runs, size)
    return pixels


def _layer(text: str, size: int) -> Layer:
    label, equals, body = text.rpartition("=")
    try:
        lengths = tuple(int(part) for part in body.split())
    except ValueError as error:
        raise ValueRefused(f"has the runs {body!r:.40}; expected whole numbers") from error
    if not lengths or min(lengths) < 0 or sum(lengths) > size:
        raise ValueRefused(f"has runs of {sum(lengths)} pixels in all; expected lengths from 0 to {size} together")
    return Layer(label.strip() if equals else "", encode(decode(lengths, size)))
