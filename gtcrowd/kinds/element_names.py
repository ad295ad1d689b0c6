"""The names of the elements that a template may use."""

import re
from functools import cache
from pathlib import Path

from gtcrowd import kinds

ELEMENTS = frozenset({
    "crowd-alert", "crowd-badge", "crowd-bounding-box", "crowd-button", "crowd-card", "crowd-checkbox",
    "crowd-classifier", "crowd-classifier-multi-select", "crowd-entity-annotation", "crowd-fab", "crowd-form",
    "crowd-icon-button", "crowd-image-classifier", "crowd-image-classifier-multi-select", "crowd-input",
    "crowd-instance-segmentation", "crowd-instructions", "crowd-keypoint", "crowd-line", "crowd-modal",
    "crowd-polygon", "crowd-polyline", "crowd-question-answer-generation", "crowd-radio-button", "crowd-radio-group",
    "crowd-ranking", "crowd-semantic-segmentation", "crowd-slider", "crowd-slider-label", "crowd-tab", "crowd-tabs",
    "crowd-text-area", "crowd-text-ranking", "crowd-toast", "crowd-toggle-button",
})  # fmt: skip
"""Those of every page; a test compares them with the scripts that define them."""
TAG = re.compile(r'"(crowd-[a-z0-9-]+)"\s*:')


def names() -> frozenset[str]:
    """Return the names of all elements, those that kinds bring along included."""
    return ELEMENTS | _of_kinds(tuple(kinds.__path__))


@cache
def _of_kinds(folders: tuple[str, ...]) -> frozenset[str]:
    scripts = (script for folder in folders for script in Path(folder).glob("*/elements/elements.js"))
    return frozenset(name for script in scripts for name in TAG.findall(script.read_text(encoding="utf-8")))
