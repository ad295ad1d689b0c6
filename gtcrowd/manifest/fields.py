"""The fields of a manifest line: which keys and values are allowed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from gtcrowd import language

MAX_ATTRIBUTE_LENGTH = 20_000
COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
SOURCES = ("source-ref", "source")
# Bucket or host, and after it something that names the object; no control characters.
ADDRESS = re.compile(r"(?:s3://[^/\s]+/|https://[^/\s]+)[^\x00-\x1f\x7f]+")


class FieldRefused(ValueError):
    """A field of a line is wrong: its name, its value, and what is expected."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(name, value, expected)
        self.name, self.value, self.expected = name, value, expected


def read(text: str, *, expect: str | None) -> dict[str, Any]:
    """Return the fields of a line.

    expect   the key the line must have, "source" or "source-ref"; None if either will do

    Raises FieldRefused if there is anything that a manifest does not allow.
    """
    fields = _object(text)
    # In a line this short no attribute is too long; most lines need not be measured.
    if len(text) > MAX_ATTRIBUTE_LENGTH:
        _check_lengths(fields)
    # Only an escape can introduce a character that is not allowed in UTF-8 or in the database.
    if "\\u" in text:
        _check_characters(fields)
    for name in fields:
        if name.startswith("$"):
            raise FieldRefused(name, name, language.gettext("the name of an attribute must not start with $."))
    _check_source(fields, expect)
    return fields


def _object(text: str) -> dict[str, Any]:
    try:
        fields = DECODER.decode(text)
    except json.JSONDecodeError as error:
        problem = language.gettext(
            "must be a JSON object; %(error)s at character %(place)s.", error=error.msg, place=error.pos + 1
        )
        raise FieldRefused("line", text[error.pos :] or text, problem) from error
    except RecursionError as error:
        problem = language.gettext("must be a JSON object that is nested less deeply.")
        raise FieldRefused("line", text, problem) from error
    if not isinstance(fields, dict):
        raise FieldRefused("line", text, language.gettext('must be a JSON object such as {"source-ref":"s3://…"}.'))
    return fields


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _value in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        values = [value for name, value in pairs if name == repeated]
        raise FieldRefused(repeated, values, language.gettext("is in the object twice. Remove one of them."))
    return fields


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise FieldRefused("line", digits, language.gettext("a number must be within the range of a double."))
    return number


def _whole(digits: str) -> int:
    try:
        return int(digits)
    except ValueError as error:  # Python reads no number of more than 4300 digits
        raise FieldRefused("line", digits, language.gettext("a number must not have thousands of digits.")) from error


def _not_json(name: str) -> NoReturn:
    raise FieldRefused("line", name, language.gettext("is not JSON; JSON has no such number."))


DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_int=_whole, parse_constant=_not_json)


def _check_lengths(fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        length = len(value if isinstance(value, str) else COMPACT(value))
        if length > MAX_ATTRIBUTE_LENGTH:
            problem = language.gettext("must have at most %(most)s characters.", most=MAX_ATTRIBUTE_LENGTH)
            raise FieldRefused(name, f"{length} characters", problem)


def _check_characters(fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        for text in _strings([name, value]):
            if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
                problem = language.gettext("must not have the character U+0000 nor half of a surrogate pair.")
                raise FieldRefused(name, ascii(text), problem)


def _strings(value: object) -> Iterator[str]:
    """Yield all strings within a value, including keys; without recursion, as a line may be deeply nested."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            pending += [*item, *item.values()]
        elif isinstance(item, list):
            pending += item


def _check_source(fields: dict[str, Any], expect: str | None) -> None:
    present = [name for name in SOURCES if name in fields]
    if len(present) != 1:
        problem = language.gettext("must have exactly one of source-ref and source.")
        raise FieldRefused(expect or SOURCES[0], " and ".join(present) or "neither", problem)
    name, value = present[0], fields[present[0]]
    if expect and name != expect:
        problem = language.gettext("this type of job needs %(expected)s instead.", expected=expect)
        raise FieldRefused(name, value, problem)
    if not isinstance(value, str) or not value.strip():
        raise FieldRefused(name, value, language.gettext("must be a text, and not empty."))
    if name == "source-ref" and not ADDRESS.fullmatch(value):
        raise FieldRefused(name, value, language.gettext("must be an address, s3://BUCKET/KEY or https://…."))
