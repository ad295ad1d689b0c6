"""Read an input manifest line by line, in constant memory, and name the line in every complaint."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

MOST_CHARACTERS = 100_000
MOST_ATTRIBUTE_CHARACTERS = 20_000
BOM = b"\xef\xbb\xbf"
SCHEMES = ("s3://", "https://")


class LineRefused(Exception):
    """A line is not one of a manifest. `number` counts from 1; `value` is shortened; `expected` says what is right."""

    def __init__(self, number: int, name: str, value: object, expected: str) -> None:
        self.number, self.field, self.expected = number, name, expected
        self.value = _short(value)
        super().__init__(f"line {number}, {name}: {expected} Found: {self.value}")


@dataclass(frozen=True)
class Line:
    """One object: `index` from 0, `text` as it was without line end, its `fields`, and where the line ends in bytes."""

    index: int
    text: str
    fields: dict[str, Any]
    end: int

    @property
    def number(self) -> int:
        return self.index + 1


@dataclass
class Report:
    """What a look through a manifest found: how many lines are good, and the first faults."""

    count: int = 0
    faults: list[LineRefused] = field(default_factory=list)


def read_lines(
    stream: Iterable[bytes], *, start: int = 0, offset: int = 0, expect: str | None = None
) -> Iterator[Line]:
    """The objects in `stream`, whose first line is object `start` and begins at byte `offset` of the file.

    `expect` names the key each line must have, `source` or `source-ref`; without it either will do. Raises
    LineRefused at the first fault.
    """
    for line, fault in _examine(stream, start, offset, expect):
        if fault:
            raise fault
        if line:
            yield line


def check(
    stream: Iterable[bytes],
    *,
    limit: int = 50,
    expect: str | None = None,
    more: Callable[[Line], LineRefused | None] = lambda line: None,
) -> Report:
    """Look through all of `stream` and gather up to `limit` faults, going on after each.

    `more`: a further check of each good line, which returns the fault it finds.
    """
    report = Report()
    for line, found in _examine(stream, 0, 0, expect):
        fault = found or (more(line) if line else None)
        if fault:
            report.faults.append(fault)
            if len(report.faults) >= limit:
                break
        elif line:
            report.count += 1
    return report


def _examine(
    stream: Iterable[bytes], start: int, offset: int, expect: str | None
) -> Iterator[tuple[Line | None, LineRefused | None]]:
    end, blank = offset, 0
    for index, raw in enumerate(_bounded(stream), start):
        end += len(raw)
        content = raw.removeprefix(BOM) if index == 0 else raw
        content = content.rstrip(b"\r\n")
        if not content.strip():
            blank = blank or index + 1  # forgiven at the end of the file, a fault before another line
            continue
        if blank:
            yield None, LineRefused(blank, "line", "", "must not be blank.")
            blank = 0
        try:
            text = _decode(content, index + 1)
            yield Line(index, text, _fields(text, index + 1, expect), end), None
        except LineRefused as fault:
            yield None, fault


def _bounded(stream: Iterable[bytes]) -> Iterator[bytes]:
    """Lines of the stream; from a file, never more of one than a line may have."""
    readline = getattr(stream, "readline", None)
    if readline is None:
        yield from stream
        return
    most = 4 * MOST_CHARACTERS + 2  # a character has at most four bytes
    while part := readline(most):
        rest: Iterable[bytes] = ()
        if len(part) == most and not part.endswith(b"\n"):
            rest = iter(lambda: readline(most), b"")
        yield part
        for more in chain(rest):  # the rest of a line that is refused anyway
            if more.endswith(b"\n"):
                break


def _decode(content: bytes, number: int) -> str:
    if len(content) > 4 * MOST_CHARACTERS:
        raise LineRefused(
            number,
            "line",
            f"{len(content)} bytes or more",
            f"must have at most {MOST_CHARACTERS} characters.",
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LineRefused(number, "line", content[error.start : error.start + 8], "must be UTF-8.") from error
    if len(text) > MOST_CHARACTERS:
        raise LineRefused(number, "line", f"{len(text)} characters", f"must have at most {MOST_CHARACTERS} characters.")
    return text


def _fields(text: str, number: int, expect: str | None) -> dict[str, Any]:
    try:
        fields = json.loads(text, object_pairs_hook=lambda pairs: _unique(pairs, number))
    except (ValueError, RecursionError) as error:
        raise LineRefused(number, "line", text, "must be a JSON object.") from error
    if not isinstance(fields, dict):
        raise LineRefused(number, "line", text, "must be a JSON object.")
    for name, value in fields.items():
        _check_attribute(name, value, number)
    _check_source(fields, number, expect)
    return fields


def _unique(pairs: list[tuple[str, Any]], number: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise LineRefused(number, name, value, "must stand once only.")
        found[name] = value
    return found


def _check_attribute(name: str, value: object, number: int) -> None:
    if name.startswith("$"):
        raise LineRefused(number, name, value, "must not begin with $.")
    length = len(value) if isinstance(value, str) else len(json.dumps(value, ensure_ascii=False))
    if length > MOST_ATTRIBUTE_CHARACTERS:
        problem = f"must have at most {MOST_ATTRIBUTE_CHARACTERS} characters."
        raise LineRefused(number, name, f"{length} characters", problem)


def _check_source(fields: dict[str, Any], number: int, expect: str | None) -> None:
    given = [name for name in ("source", "source-ref") if name in fields]
    if len(given) != 1:
        raise LineRefused(number, "source-ref", given or "neither", "exactly one of source-ref and source must stand.")
    name, value = given[0], fields[given[0]]
    if expect and name != expect:
        raise LineRefused(number, name, value, f"this kind of job needs {expect} instead.")
    if not isinstance(value, str) or not value.strip():
        raise LineRefused(number, name, value, "must be a text that is not empty.")
    if name == "source-ref" and not value.startswith(SCHEMES):
        raise LineRefused(number, name, value, f"must be an address that begins with {' or '.join(SCHEMES)}.")


def _short(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else text[:77] + "…"
