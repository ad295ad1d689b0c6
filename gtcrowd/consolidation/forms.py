"""Every kind of value that can be consolidated, besides classes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from gtcrowd.consolidation.shapes import boxes, masks, outlines
from gtcrowd.consolidation.spans import methods as spans
from gtcrowd.consolidation.values import choices, custom, number, ranking, text
from gtcrowd.consolidation.values.form import Form

# A new kind is a new file and a line here.
_ALL: tuple[Form[Any], ...] = (
    boxes.FORM,
    outlines.POLYGONS,
    outlines.POLYLINES,
    outlines.KEYPOINTS,
    masks.FORM,
    choices.FORM,
    number.FORM,
    ranking.FORM,
    text.FORM,
    spans.FORM,
    custom.FORM,
)

FORMS: Mapping[str, Form[Any]] = MappingProxyType({form.name: form for form in _ALL})
