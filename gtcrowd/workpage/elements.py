"""Which scripts the page of a task needs: those that all pages share, and those of the elements that stand in it."""

import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1] / "portal/static/portal/elements"
GROUPS: Mapping[str, tuple[str, ...]] = {
    "drawing": ("crowd-bounding-box", "crowd-polygon", "crowd-polyline", "crowd-line", "crowd-keypoint"),
    "entities": ("crowd-entity-annotation",),
    "forms": (
        "crowd-alert", "crowd-badge", "crowd-button", "crowd-card", "crowd-checkbox", "crowd-fab", "crowd-icon-button",
        "crowd-input", "crowd-instructions", "crowd-modal", "crowd-radio-button", "crowd-radio-group", "crowd-slider",
        "crowd-tabs", "crowd-text-area", "crowd-toast", "crowd-toggle-button",
    ),
    "masks": ("crowd-semantic-segmentation", "crowd-instance-segmentation"),
    "ranking": ("crowd-ranking",),
}  # fmt: skip
"""Folders of modules that only some pages need, and the tags that `elements.js` in each of them makes live."""
USES = {"masks": ("drawing",)}
"""Groups whose modules use those of another."""
SHARED = sorted(file.name for file in ROOT.glob("*.js"))
MODULES = {
    group: sorted(
        file.relative_to(ROOT).as_posix()
        for folder in (group, *USES.get(group, ()))
        for file in (ROOT / folder).glob("*.js")
    )
    for group in GROUPS
}


def groups(html: str) -> list[str]:
    """The groups whose elements stand in the page."""
    return [group for group, tags in GROUPS.items() if re.search(rf"<({'|'.join(tags)})[\s/>]", html, re.IGNORECASE)]


def modules(found: list[str]) -> list[str]:
    """The modules of such a page, to be named to the browser at once: it does not keep files for an origin that is
    opaque, and would else find them one after another, task after task."""
    return SHARED + [module for group in found for module in MODULES[group]]
