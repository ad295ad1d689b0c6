"""One line's JSON object: which keys and values a manifest allows."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from gtcrowd import language

MOST_ATTRIBUTE_CHARACTERS = 20_000
COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
SOURCES = ("source-ref", "source")
# Bucket or host, and behind it something that names the object; no control characters.
ADDRESS = re.compile(r"(?:s3://[^/\s]+/|https://[^/\s]+)[^\x00-\x1f\x7f]+")


class FieldRefused(ValueError):
    """A field of a line is wrong: its name, its value, and what would be right."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(name, value, expected)
        self.name, self.value, self.expected = name, value, expected


def read(text: str, *, expect: str | None) -> dict[str, Any]:
    """The fields of a line; `FieldRefused` if there is anything that a manifest does not allow."""
    fields = _object(text)
    # A line this short has no attribute that is too long; most lines need not be measured.
    if len(text) > MOST_ATTRIBUTE_CHARACTERS:
        _check_lengths(fields)
    # Only an escape can bring in a character that has no place in UTF-8 or in a database.
    if "\\u" in text:
        _check_characters(fields)
    for name in fields:
        if name.startswith("$"):
            raise FieldRefused(name, name, language.say("the name of an attribute must not begin with $."))
    _check_source(fields, expect)
    return fields


def _object(text: str) -> dict[str, Any]:
    try:
        fields = DECODER.decode(text)
    except json.JSONDecodeError as error:
        problem = language.say(
            "must be a JSON object; %(error)s at character %(place)s.", error=error.msg, place=error.pos + 1
        )
        raise FieldRefused("line", text[error.pos :] or text, problem) from error
    except RecursionError as error:
        raise FieldRefused("line", text, language.say("must be a JSON object that is nested less deeply.")) from error
    if not isinstance(fields, dict):
        raise FieldRefused("line", text, language.say('must be a JSON object such as {"source-ref":"s3://…"}.'))
    return fields


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise FieldRefused(
            twice, [value for name, value in pairs if name == twice], language.say("must stand once only.")
        )
    return found


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise FieldRefused("line", digits, language.say("a number must be within the range of a double."))
    return number


def _whole(digits: str) -> int:
    try:
        return int(digits)
    except ValueError as error:  # Python reads no number of more than 4300 digits
        raise FieldRefused("line", digits, language.say("a number must not have thousands of digits.")) from error


def _not_json(name: str) -> NoReturn:
    raise FieldRefused("line", name, language.say("must be JSON, which has no such number."))


DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_int=_whole, parse_constant=_not_json)


def _check_lengths(fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        length = len(value if isinstance(value, str) else COMPACT(value))
        if length > MOST_ATTRIBUTE_CHARACTERS:
            problem = language.say("must have at most %(most)s characters.", most=MOST_ATTRIBUTE_CHARACTERS)
            raise FieldRefused(name, f"{length} characters", problem)


def _check_characters(fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        for text in _strings([name, value]):
            if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
                problem = language.say("must not have the character U+0000 nor one half of a surrogate pair.")
                raise FieldRefused(name, ascii(text), problem)


def _strings(value: object) -> Iterator[str]:
    """All strings within a value, keys too; without recursion, for a line may be nested deeply."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one


def _check_source(fields: dict[str, Any], expect: str | None) -> None:
    given = [name for name in SOURCES if name in fields]
    if len(given) != 1:
        named = expect or SOURCES[0]
        raise FieldRefused(
            named, " and ".join(given) or "neither", language.say("exactly one of source-ref and source must stand.")
        )
    name, value = given[0], fields[given[0]]
    if expect and name != expect:
        raise FieldRefused(name, value, language.say("this kind of job needs %(expected)s instead.", expected=expect))
    if not isinstance(value, str) or not value.strip():
        raise FieldRefused(name, value, language.say("must be a text that is not empty."))
    if name == "source-ref" and not ADDRESS.fullmatch(value):
        raise FieldRefused(name, value, language.say("must be an address, s3://BUCKET/KEY or https://…."))
