"""Pictures to draw on."""

import base64
import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def scene(width: int, height: int) -> bytes:
    """A street with two cars of sorts, as a PNG."""
    pixels = Image.new("RGB", (width, height), (176, 196, 204))
    draw = ImageDraw.Draw(pixels)
    draw.rectangle((0, height * 0.7, width, height), fill=(96, 98, 102))
    draw.rectangle((100, 100, 200, 180), fill=(170, 60, 50))
    draw.rectangle((300, 200, 420, 330), fill=(50, 90, 160))
    file = io.BytesIO()
    pixels.save(file, format="PNG")
    return file.getvalue()


def plain(width: int, height: int) -> bytes:
    """Nothing to be seen, but large."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (176, 196, 204)).save(file, format="PNG")
    return file.getvalue()


def painted() -> bytes:
    """What somebody painted over it: two areas, and an odd one in a colour that means nothing."""
    pixels = Image.new("RGB", (640, 480), (255, 255, 255))
    draw = ImageDraw.Draw(pixels)
    draw.rectangle((100, 100, 149, 119), fill=(255, 0, 0))
    draw.rectangle((300, 200, 339, 249), fill=(0, 0, 254))
    draw.rectangle((500, 400, 509, 409), fill=(9, 9, 9))
    file = io.BytesIO()
    pixels.save(file, format="PNG")
    return file.getvalue()


def counts(sent: dict[str, str]) -> list[int]:
    """How many pixels of each colour there are in what an element sent, the fewest first."""
    with Image.open(io.BytesIO(base64.b64decode(sent["pngImageData"]))) as picture:
        return sorted(many for many, _colour in picture.convert("RGB").getcolors())


def thing(width: int = 640, height: int = 480, kind: str = "PNG", **saved) -> tuple[bytes, np.ndarray]:
    """A red bird of sorts before leaves, and which pixels it has."""
    random = np.random.default_rng(7)
    pixels = Image.new("RGB", (width, height), (110, 140, 90))
    draw = ImageDraw.Draw(pixels)
    for _leaf in range(60):
        x, y, r = random.integers(0, width), random.integers(0, height), random.integers(8, width // 12)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=tuple(random.integers(70, 160, 3).tolist()))
    mask = Image.new("L", (width, height))
    shape = ImageDraw.Draw(mask)
    shape.ellipse((width * 0.22, height * 0.3, width * 0.64, height * 0.82), fill=255)
    shape.polygon(
        [(width * 0.45, height * 0.45), (width * 0.5, height * 0.18), (width * 0.82, height * 0.45)], fill=255
    )
    pixels.paste(Image.new("RGB", (width, height), (190, 70, 60)), mask=mask)
    soft = np.asarray(pixels.filter(ImageFilter.GaussianBlur(1))).astype(float)
    noisy = (soft + random.normal(0, 12, soft.shape)).clip(0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(noisy).save(file, format=kind, **saved)
    return file.getvalue(), np.asarray(mask) > 0


def ends(mask: np.ndarray) -> np.ndarray:
    """The highest, lowest, leftmost and rightmost of its pixels."""
    ys, xs = np.nonzero(mask)
    places = [ys.argmin(), ys.argmax(), xs.argmin(), xs.argmax()]
    return np.array([[xs[at], ys[at]] for at in places], dtype=float)


def overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Intersection over union."""
    return (first & second).sum() / (first | second).sum()
