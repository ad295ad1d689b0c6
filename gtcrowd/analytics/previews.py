"""Preview an object with a value drawn on it, for pages of any room."""

import json
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from gtcrowd.analytics import drawing
from gtcrowd.analytics.value_text import words
from gtcrowd.jobs import signed, store
from gtcrowd.jobs.models import Job

LONGEST = 400
COLOURS = 6
"""Number of classes of the theme that colour outlines by category."""


@dataclass(frozen=True)
class Line:
    """A line over the image. `points`: as SVG has them; `colour`: 0 to COLOURS - 1, the same for one category."""

    category: str
    points: str
    colour: int


@dataclass(frozen=True)
class Preview:
    """An object and a value.

    `picture`: address of the image, empty if the object is none; `text`: its text, or the name of its file;
    `words`: the value in words; `lines`: the value over the image of `width` and `height` pixels, if it has shapes.
    """

    picture: str
    text: str
    words: str
    width: int = 0
    height: int = 0
    lines: tuple[Line, ...] = ()


def of(job: Job, line: str, value: Any, *, buckets: Set[str]) -> Preview:
    """Return the preview of an object of `job`.

    line     its line of the manifest
    value    the value to draw; None for none
    buckets  names of the buckets from which images are shown: a manifest can name any
    """
    fields = json.loads(line or "{}")
    picture, text = "", str(fields.get("source", ""))
    uri = fields.get("source-ref")
    if isinstance(uri, str):
        own = job.medium == "image" and store.bucket(uri) in buckets
        picture = signed.address(uri.strip(), job_id=job.pk) if own else ""
        text = uri.strip().rpartition("/")[2]
    drawn = drawing.draw(job.kind, value)
    width, height = drawn.size or (0, 0)
    lines = _lines(drawn) if picture and width else ()
    return Preview(picture, text[:LONGEST], words(value, job.kind), width, height, lines)


def buckets(job: Job) -> frozenset[str]:
    """Return the names of the buckets of the job's requester."""
    return frozenset(job.requester.buckets.values_list("name", flat=True))


def _lines(drawn: drawing.Drawing) -> tuple[Line, ...]:
    colours: dict[str, int] = {}
    return tuple(
        Line(
            outline.category,
            " ".join(f"{x:g},{y:g}" for x, y in zip(outline.xs, outline.ys, strict=True)),
            colours.setdefault(outline.category, len(colours)) % COLOURS,
        )
        for outline in drawn.outlines
    )
