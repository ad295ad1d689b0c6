"""The inputs of job fields in a form: how the value of a field is written into them, and read from what they post.

A field has one input of its name, or one per part, named by the prefix of its type. A checkbox posts `on`, or `off`
from the hidden input before it, so that an unchecked box differs from one that the form does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.http import QueryDict

from gtcrowd.console import forms
from gtcrowd.jobs.fields import FIELDS, JobField

ON, OFF = "on", "off"


def names(row: JobField) -> list[str]:
    """Return the names of the inputs of a field."""
    return [f"{row.type.prefix}{part.key}" for part in row.type.parts] or [row.name]


def write(row: JobField, value: Any) -> dict[str, str]:
    """Return the texts of the inputs by name, for a value as the table of job fields reads it."""
    return WRITE.get(row.type.control, _write_text)(row, value)


def read(row: JobField, posted: QueryDict) -> Any:
    """Return what the inputs of a field posted, as the table of job fields reads it; None for nothing."""
    return READ[row.type.control](posted, row)


def read_all(posted: QueryDict) -> dict[str, Any]:
    """Return the job fields in what a form posted, as `gtcrowd.jobs.create` takes them."""
    values = {row.name: read(row, posted) for row in FIELDS.values() if row.type.control}
    return {name: value for name, value in values.items() if value is not None}


def _text(posted: QueryDict, row: JobField) -> str | None:
    return posted.get(row.name) or None


def _area(posted: QueryDict, row: JobField) -> str | None:
    """Return the text with the line ends it was written with: a browser posts CR LF whatever it was."""
    return posted.get(row.name, "").replace("\r\n", "\n") or None


def _lines(posted: QueryDict, row: JobField) -> list[str]:
    return [line.strip() for line in posted.get(row.name, "").splitlines() if line.strip()]


def _flag(posted: QueryDict, row: JobField) -> bool | None:
    return posted[row.name] != OFF if row.name in posted else None


def _parts(posted: QueryDict, row: JobField) -> dict[str, str]:
    texts = {part.key: str(posted.get(name, "")) for part, name in zip(row.type.parts, names(row), strict=True)}
    return {key: text for key, text in texts.items() if text}


def _write_text(row: JobField, value: Any) -> dict[str, str]:
    if isinstance(value, datetime):
        return {row.name: value.isoformat().replace("+00:00", "Z")}
    return {row.name: "" if value is None else str(value)}


def _write_parts(row: JobField, value: Mapping[str, Any] | None) -> dict[str, str]:
    return {f"{row.type.prefix}{key}": str(part) for key, part in (value or {}).items()}


READ: Mapping[str, Callable[[QueryDict, JobField], Any]] = {
    "text": _text,
    "number": _text,
    "area": _area,
    "select": _text,
    "lines": _lines,
    "checkbox": _flag,
    "parts": _parts,
    "gold": lambda posted, _row: forms.gold(posted),
}
"""How the value of each type of control is read."""
WRITE: Mapping[str, Callable[[JobField, Any], dict[str, str]]] = {
    "lines": lambda row, value: {row.name: "\n".join(value or ())},
    "checkbox": lambda row, value: {row.name: ON if value else OFF},
    "parts": _write_parts,
    "gold": lambda _row, value: forms.gold_values(value or {}),
}
"""How a value is written where it is more than its text."""
