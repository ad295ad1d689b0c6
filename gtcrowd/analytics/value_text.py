"""Say an answer or a label in words, never as JSON."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from gtcrowd import kinds

DASH = "–"
LONGEST = 80
"""Characters of an answer in a table."""


def words(value: Any, kind: str = "", *, most: int = LONGEST) -> str:
    """Return a value as short text.

    A category as it is, several separated by commas; shapes and spans as the number of each label; a form as its
    fields.

    value  an answer, a label, a gold answer or a truth; None is a dash
    kind   name of its kind, if known: without it, only shapes with a label each are counted
    most   characters
    """
    if value is None:
        return DASH
    categories = _categories(value, kind)
    text = ", ".join(f"{name} {n}" for name, n in Counter(categories).items()) if categories else _plain(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _categories(value: Any, kind: str) -> list[str]:
    """Return the category of each shape or span of a value; none for values without any."""
    if not isinstance(value, dict):
        return []
    for items in value.values():
        if isinstance(items, list) and items and all(isinstance(item, dict) and "label" in item for item in items):
            return [str(item["label"]) for item in items]
    return [shape.category for shape in kinds.kind(kind).geometry(value)] if kind else []


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or _("none")
    if isinstance(value, dict):
        fields = {name: item for name, item in value.items() if name != "inputImageProperties"}
        if all(isinstance(item, list) and not item for item in fields.values()):
            return _("none")
        return ", ".join(f"{name}: {_plain(item)}" for name, item in fields.items())
    return str(value)
