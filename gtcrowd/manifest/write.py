"""Write lines of an output manifest: the input line with fields added."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

SPACE = re.compile(r"[ \t\r]*")
# Values are skipped, not used; numbers need not be converted.
SKIP = json.JSONDecoder(parse_float=str, parse_int=str).raw_decode
COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def to_json(value: Any) -> str:
    """Return the JSON of a value as `augment` writes it into a line."""
    return COMPACT(value)


def augment(text: str, fields: Mapping[str, Any]) -> str:
    """Return the line `text`, which must be one that `read_lines` accepts, with `fields` added to its object.

    Every character of the line is kept, including all digits of numbers: new keys are inserted before the closing
    brace. If a key exists already, as in a chained job, its value is replaced in place. The result has no line break.
    """
    if _all_new(text, fields):
        return _append(text, fields)
    offsets = {name: (begin, end) for name, begin, end in _values(text)}
    present = [name for name in fields if name in offsets]
    # From the back, so that the offsets further to the front remain valid.
    for name in sorted(present, key=lambda name: offsets[name], reverse=True):
        begin, end = offsets[name]
        text = text[:begin] + COMPACT(fields[name]) + text[end:]
    return _append(text, {name: value for name, value in fields.items() if name not in offsets})


def _all_new(text: str, fields: Mapping[str, Any]) -> bool:
    """Return whether no key can exist already. Without escapes, each would be in the line exactly as it is written."""
    return "\\" not in text and not any(COMPACT(name) in text for name in fields)


def _append(text: str, fields: Mapping[str, Any]) -> str:
    if not fields:
        return text
    brace = text.rindex("}")
    empty = text[:brace].strip() == "{"
    return f"{text[:brace]}{'' if empty else ','}{COMPACT(fields)[1:-1]}{text[brace:]}"


def _values(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the name of each attribute of the line, and the offsets at which its value starts and ends."""
    position = _after_space(text, _after_space(text, 0) + 1)
    while text[position] != "}":
        name, position = SKIP(text, position)
        begin = _after_space(text, _after_space(text, position) + 1)
        _value, end = SKIP(text, begin)
        yield name, begin, end
        position = _after_space(text, end)
        if text[position] == ",":
            position = _after_space(text, position + 1)


def _after_space(text: str, position: int) -> int:
    space = SPACE.match(text, position)
    return space.end() if space else position
