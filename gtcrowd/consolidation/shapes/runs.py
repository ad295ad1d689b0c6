"""A mask as a value: layers of pixels, kept as lengths of runs, and the text they are read from and written to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.values.table import ValueRefused

Bits = npt.NDArray[np.bool_]

# Pixels of a picture; a slip of the pen in its size must not ask for all memory.
MOST_PIXELS = 500_000_000


@dataclass(frozen=True)
class Layer:
    """The pixels of one label, or of one thing: lengths of runs row by row, beginning with pixels outside."""

    label: str
    runs: tuple[int, ...]


@dataclass(frozen=True)
class Mask:
    """Layers over a picture of so many rows and columns."""

    height: int
    width: int
    layers: tuple[Layer, ...]


def read(text: str) -> Mask:
    """`HEIGHTxWIDTH:` and the lengths of the runs; further layers after `;`, named ones as `label=runs`."""
    size, colon, body = text.partition(":")
    try:
        height, width = (int(part) for part in size.split("x"))
    except ValueError as error:
        raise ValueRefused(f"begins with {size!r:.30}; expected HEIGHTxWIDTH: and the lengths of runs") from error
    if not colon or height < 1 or width < 1:
        raise ValueRefused(f"begins with {size!r:.30}; expected HEIGHTxWIDTH: and the lengths of runs")
    if height * width > MOST_PIXELS:
        raise ValueRefused(f"has {height * width:,} pixels; expected at most {MOST_PIXELS:,}")
    layers = [_layer(part, height * width) for part in body.split(";")] if body.strip() else []
    return Mask(height, width, tuple(layers))


def write(value: Mask) -> str:
    """The cell of a mask."""
    body = ";".join((f"{one.label}=" if one.label else "") + " ".join(map(str, one.runs)) for one in value.layers)
    return f"{value.height}x{value.width}:{body}"


def bits(runs: Sequence[int], size: int) -> Bits:
    """The pixels of runs, in a row [size]."""
    found = np.zeros(size, dtype=bool)
    edges = np.cumsum(runs)
    for begin, end in zip(edges[::2], edges[1::2], strict=False):
        found[begin:end] = True
    return found


def runs(pixels: Bits) -> tuple[int, ...]:
    """The runs of pixels in a row, beginning with those outside."""
    if not pixels.any():
        return (len(pixels),)
    edges = np.flatnonzero(np.diff(pixels))
    lengths = np.diff(np.concatenate([[-1], edges, [len(pixels) - 1]]))
    return tuple(int(x) for x in (([0] if pixels[0] else []) + lengths.tolist()))


def pixels_of(mask: Mask, label: str, size: int) -> Bits:
    """The pixels of all layers of a label, in a row [size]."""
    found = np.zeros(size, dtype=bool)
    for one in mask.layers:
        if one.label == label:
            found |= bits(one.runs, size)
    return found


def _layer(text: str, size: int) -> Layer:
    label, equals, body = text.rpartition("=")
    try:
        lengths = tuple(int(part) for part in body.split())
    except ValueError as error:
        raise ValueRefused(f"has the runs {body!r:.40}; expected whole numbers") from error
    if not lengths or min(lengths) < 0 or sum(lengths) > size:
        raise ValueRefused(f"has runs of {sum(lengths)} pixels in all; expected lengths from 0 to {size} together")
    return Layer(label.strip() if equals else "", runs(bits(lengths, size)))
