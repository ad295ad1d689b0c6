"""Write lines of an output manifest: the line as it was, with keys added."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

SPACE = re.compile(r"[ \t\r]*")
# Values are passed over, not used; numbers need not even be converted.
SKIP = json.JSONDecoder(parse_float=str, parse_int=str).raw_decode
COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def written(value: Any) -> str:
    """A value as JSON, as `augment` writes it into a line."""
    return COMPACT(value)


def augment(text: str, fields: Mapping[str, Any]) -> str:
    """The line `text` with `fields` added to its object; `text` must be a line that reading accepted.

    Every character of the line stays as it is, numbers with all their digits: new keys are spliced in before the
    closing brace. Where a key is there already, as in a chained job, only its value is replaced, in its place. The
    result has no line break.
    """
    if _surely_new(text, fields):
        return _append(text, fields)
    places = {name: (begin, end) for name, begin, end in _values(text)}
    present = [name for name in fields if name in places]
    # From the back, so that the places further to the front stay right.
    for name in sorted(present, key=lambda name: places[name], reverse=True):
        begin, end = places[name]
        text = text[:begin] + COMPACT(fields[name]) + text[end:]
    return _append(text, {name: value for name, value in fields.items() if name not in places})


def _surely_new(text: str, fields: Mapping[str, Any]) -> bool:
    """Whether no key can be there already. Without escapes, each would stand in the line just as it is written."""
    return "\\" not in text and not any(COMPACT(name) in text for name in fields)


def _append(text: str, fields: Mapping[str, Any]) -> str:
    if not fields:
        return text
    brace = text.rindex("}")
    empty = text[:brace].strip() == "{"
    return f"{text[:brace]}{'' if empty else ','}{COMPACT(fields)[1:-1]}{text[brace:]}"


def _values(text: str) -> Iterator[tuple[str, int, int]]:
    """Name of each attribute of the line, and from where to where its value stands."""
    place = _after_space(text, _after_space(text, 0) + 1)
    while text[place] != "}":
        name, place = SKIP(text, place)
        begin = _after_space(text, _after_space(text, place) + 1)
        _value, end = SKIP(text, begin)
        yield name, begin, end
        place = _after_space(text, end)
        if text[place] == ",":
            place = _after_space(text, place + 1)


def _after_space(text: str, place: int) -> int:
    found = SPACE.match(text, place)
    return found.end() if found else place
