"""Kinds of label, one file each: page, answer, method, and the block written into the output manifest."""

from __future__ import annotations

from collections.abc import Mapping

from gtcrowd import language
from gtcrowd.kinds.choice import CHOICE
from gtcrowd.kinds.choices import CHOICES
from gtcrowd.kinds.custom import CUSTOM_KIND
from gtcrowd.kinds.kind import AnswerRefused, Concluded, Fault, Given, Kind, Opinion, UnknownMedium, failed_block
from gtcrowd.kinds.masks import INSTANCES, MASKS
from gtcrowd.kinds.ranking import RANKING
from gtcrowd.kinds.shapes import BOXES, KEYPOINTS, LINES, POLYGONS, POLYLINES
from gtcrowd.kinds.spans import SPANS
from gtcrowd.kinds.written import NUMBER, TEXT

__all__ = [
    "KINDS",
    "AnswerRefused",
    "Concluded",
    "Fault",
    "Given",
    "Kind",
    "Opinion",
    "UnknownKind",
    "UnknownMedium",
    "failed_block",
    "kind",
]

_ALL: tuple[Kind, ...] = (
    CHOICE, CHOICES, BOXES, POLYGONS, POLYLINES, LINES, KEYPOINTS, MASKS, INSTANCES, SPANS,
    TEXT, NUMBER, RANKING, CUSTOM_KIND,
)  # fmt: skip
# A further kind is one more file, and its constant here.
KINDS: Mapping[str, Kind] = {one.name: one for one in _ALL}


class UnknownKind(LookupError):
    """There is no such kind of label."""

    def __init__(self, name: str) -> None:
        text = language.later("%(name)s is not a kind of label; there is %(known)s")
        super().__init__(language.say(text, name=repr(name), known=", ".join(KINDS)))


def kind(name: str) -> Kind:
    """The kind of this name. Raises UnknownKind."""
    try:
        return KINDS[name]
    except KeyError as error:
        raise UnknownKind(name) from error
