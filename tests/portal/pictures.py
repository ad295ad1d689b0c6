"""Pictures to draw on."""

import base64
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


def painted() -> bytes:
    """What somebody painted over it: two areas, and an odd one in a colour that means nothing."""
    made = Image.new("RGB", (640, 480), (255, 255, 255))
    draw = ImageDraw.Draw(made)
    draw.rectangle((100, 100, 149, 119), fill=(255, 0, 0))
    draw.rectangle((300, 200, 339, 249), fill=(0, 0, 254))
    draw.rectangle((500, 400, 509, 409), fill=(9, 9, 9))
    file = io.BytesIO()
    made.save(file, format="PNG")
    return file.getvalue()


def counts(sent: dict[str, str]) -> list[int]:
    """How many pixels of each colour there are in what an element sent, the fewest first."""
    with Image.open(io.BytesIO(base64.b64decode(sent["pngImageData"]))) as picture:
        return sorted(many for many, _colour in picture.convert("RGB").getcolors())
