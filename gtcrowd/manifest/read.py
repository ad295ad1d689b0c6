"""Read an input manifest line by line in constant memory; every refusal names line, field and value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gtcrowd import language
from gtcrowd.manifest import fields as line_fields
from gtcrowd.manifest.fields import FieldRefused
from gtcrowd.manifest.lines import Readable, cut

MAX_CHARACTERS = 100_000
# A character has at most four bytes, and there may be a byte order mark and a carriage return.
MAX_BYTES = 4 * MAX_CHARACTERS + 4
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SHOWN = 80

Stream = Readable | Iterable[bytes]


class LineRefused(ValueError):
    """A line that a manifest does not allow.

    number     of the line, from 1
    field      the key, or "line"
    value      its value, shortened
    expected   what is expected instead
    """

    def __init__(self, number: int, name: str, value: object, expected: str) -> None:
        self.number, self.field, self.expected = number, name, expected
        self.value = _short(value)
        super().__init__(
            language.gettext(
                "line %(number)s, %(field)s: %(expected)s Found: %(value)s",
                number=number, field=_short(name), expected=expected, value=self.value,
            )
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One object of the dataset.

    index    of the object, from 0
    text     the line verbatim, without its line end
    fields   its JSON object
    end      offset in bytes of the next line
    """

    index: int
    text: str
    fields: dict[str, Any]
    end: int

    @property
    def number(self) -> int:
        """Number of the line, from 1; every line is an object, so it is `index` + 1."""
        return self.index + 1

    @property
    def source(self) -> str | None:
        """The text to label, if the object is a text."""
        return self.fields.get("source")

    @property
    def source_ref(self) -> str | None:
        """Address of the object to label, if it is stored elsewhere."""
        return self.fields.get("source-ref")


@dataclass
class Report:
    """The result of `check`: the number of valid lines and of refused lines, and the first refusals."""

    count: int = 0
    refused: int = 0
    faults: list[LineRefused] = field(default_factory=list)


def read_lines(stream: Stream, *, start: int = 0, offset: int = 0, expect: str | None = None) -> Iterator[Line]:
    """Yield the objects of a manifest in order. Raises LineRefused at the first line that is not valid.

    stream          a file opened for bytes, or an iterable of its chunks, cut anywhere
    start, offset   to continue an earlier reading, seek to the `end` of its last line and give that as `offset`, and
        the next index as `start`
    expect          the key every line must have, "source" or "source-ref"; None if either will do
    """
    for line in _examine(stream, start, offset, expect):
        if isinstance(line, LineRefused):
            raise line
        yield line


def check(
    stream: Stream,
    *,
    limit: int = 50,
    expect: str | None = None,
    extra_check: Callable[[Line], LineRefused | None] = lambda line: None,
) -> Report:
    """Check all lines of a manifest and report the first `limit` refusals.

    stream, expect   as for `read_lines`
    extra_check      returns the refusal of an otherwise valid line, or None
    """
    report = Report()
    for line in _examine(stream, 0, 0, expect):
        fault = line if isinstance(line, LineRefused) else extra_check(line)
        if fault is None:
            report.count += 1
            continue
        report.refused += 1
        if len(report.faults) < limit:
            report.faults.append(fault)
    return report


def _examine(stream: Stream, start: int, end: int, expect: str | None) -> Iterator[Line | LineRefused]:
    """Yield each line as an object or as a refusal. Blank lines are allowed at the end of the file only."""
    blank: list[int] = []
    for index, (raw, length) in enumerate(cut(stream, max_bytes=MAX_BYTES), start):
        end += length
        content = raw.removeprefix(BYTE_ORDER_MARK) if index == 0 else raw
        if not content.strip():
            blank = blank or [index + 1]
            continue
        for number in blank:
            yield LineRefused(number, "line", "", language.gettext("must not be blank."))
        blank = []
        try:
            text = _text(content.removesuffix(b"\r"))
            fields = line_fields.read(text, expect=expect)
        except FieldRefused as refused:
            yield LineRefused(index + 1, refused.name, refused.value, refused.expected)
        else:
            yield Line(index, text, fields, end)


def _text(content: bytes) -> str:
    expected = language.gettext("must have at most %(most)s characters.", most=MAX_CHARACTERS)
    if len(content) > MAX_BYTES:
        raise FieldRefused("line", f"more than {MAX_BYTES} bytes", expected)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        invalid = content[error.start : error.start + 8]
        raise FieldRefused(
            "line", invalid, language.gettext("must be UTF-8; byte %(place)s is not.", place=error.start + 1)
        ) from error
    if len(text) > MAX_CHARACTERS:
        raise FieldRefused("line", f"{len(text)} characters", expected)
    if "\r" in text:
        raise FieldRefused("line", text, language.gettext("must not have a carriage return except at its end."))
    return text


def _short(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    text = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
    # Unprintable characters must not break the page or log that shows the value.
    return text if text.isprintable() else ascii(text)
