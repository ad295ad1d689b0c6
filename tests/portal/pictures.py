"""Pictures to draw on."""

import io

from PIL import Image, ImageDraw


def scene(width: int, height: int) -> bytes:
    """A street with two cars of sorts, as a PNG."""
    made = Image.new("RGB", (width, height), (176, 196, 204))
    draw = ImageDraw.Draw(made)
    draw.rectangle((0, height * 0.7, width, height), fill=(96, 98, 102))
    draw.rectangle((100, 100, 200, 180), fill=(170, 60, 50))
    draw.rectangle((300, 200, 420, 330), fill=(50, 90, 160))
    file = io.BytesIO()
    made.save(file, format="PNG")
    return file.getvalue()
