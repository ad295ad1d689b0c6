"""Read an input manifest line by line, in constant memory, and name line, field and value in every complaint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gtcrowd import language
from gtcrowd.manifest import fields as attributes
from gtcrowd.manifest.fields import FieldRefused
from gtcrowd.manifest.lines import Readable, cut

MOST_CHARACTERS = 100_000
# A character has at most four bytes; a byte order mark and a carriage return may come on top.
MOST_BYTES = 4 * MOST_CHARACTERS + 4
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SHORT = 80

Stream = Readable | Iterable[bytes]


class LineRefused(ValueError):
    """A line is not one of a manifest.

    `number` counts lines from 1; `field` is the key, or "line"; `value` is what stands there, shortened; `expected`
    says what would be right.
    """

    def __init__(self, number: int, name: str, value: object, expected: str) -> None:
        self.number, self.field, self.expected = number, name, expected
        self.value = _short(value)
        super().__init__(
            language.say(
                "line %(number)s, %(field)s: %(expected)s Found: %(value)s",
                number=number, field=_short(name), expected=expected, value=self.value,
            )
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One object of the data set.

    `index` counts objects from 0; `text` is the line verbatim, without its end; `fields` is its JSON object; `end` is
    the place in the file, in bytes, where the next line begins.
    """

    index: int
    text: str
    fields: dict[str, Any]
    end: int

    @property
    def number(self) -> int:
        """Number of the line, from 1. Every line is an object, so it is always `index` + 1."""
        return self.index + 1

    @property
    def source(self) -> str | None:
        """The text to label, where the object is a text."""
        return self.fields.get("source")

    @property
    def source_ref(self) -> str | None:
        """Address of the object to label, where it lies elsewhere."""
        return self.fields.get("source-ref")


@dataclass
class Report:
    """What a look through a manifest found: good lines, refused lines, and what is wrong with the first of those."""

    count: int = 0
    refused: int = 0
    faults: list[LineRefused] = field(default_factory=list)


def read_lines(stream: Stream, *, start: int = 0, offset: int = 0, expect: str | None = None) -> Iterator[Line]:
    """The objects of a manifest in order; raises `LineRefused` at the first line that is not one.

    `stream` is a file opened for bytes, or an iterable of pieces of one, cut anywhere. To go on where an earlier
    reading stopped, seek to the `end` of its last line, give that as `offset`, and the next index as `start`.
    `expect` is the key every line must have, "source" or "source-ref"; without it either will do.
    """
    for found in _examine(stream, start, offset, expect):
        if isinstance(found, LineRefused):
            raise found
        yield found


def check(
    stream: Stream,
    *,
    limit: int = 50,
    expect: str | None = None,
    more: Callable[[Line], LineRefused | None] = lambda line: None,
) -> Report:
    """Look through the whole manifest, going on after faults, of which the first `limit` are told.

    `more` looks further at each good line, and returns the fault it finds.
    """
    report = Report()
    for found in _examine(stream, 0, 0, expect):
        fault = found if isinstance(found, LineRefused) else more(found)
        if fault is None:
            report.count += 1
            continue
        report.refused += 1
        if len(report.faults) < limit:
            report.faults.append(fault)
    return report


def _examine(stream: Stream, start: int, end: int, expect: str | None) -> Iterator[Line | LineRefused]:
    """Each line as an object or as a refusal. Blank lines are forgiven at the end of the file only."""
    blank: list[int] = []
    for index, (raw, length) in enumerate(cut(stream, most=MOST_BYTES), start):
        end += length
        content = raw.removeprefix(BYTE_ORDER_MARK) if index == 0 else raw
        if not content.strip():
            blank = blank or [index + 1]
            continue
        for number in blank:
            yield LineRefused(number, "line", "", language.say("must not be blank."))
        blank = []
        try:
            text = _text(content.removesuffix(b"\r"))
            fields = attributes.read(text, expect=expect)
        except FieldRefused as wrong:
            yield LineRefused(index + 1, wrong.name, wrong.value, wrong.expected)
        else:
            yield Line(index, text, fields, end)


def _text(content: bytes) -> str:
    expected = language.say("must have at most %(most)s characters.", most=MOST_CHARACTERS)
    if len(content) > MOST_BYTES:
        raise FieldRefused("line", f"more than {MOST_BYTES} bytes", expected)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        wrong = content[error.start : error.start + 8]
        raise FieldRefused(
            "line", wrong, language.say("must be UTF-8; it is not from byte %(place)s on.", place=error.start + 1)
        ) from error
    if len(text) > MOST_CHARACTERS:
        raise FieldRefused("line", f"{len(text)} characters", expected)
    if "\r" in text:
        raise FieldRefused("line", text, language.say("must not have a carriage return other than at its end."))
    return text


def _short(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    text = text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"
    # What cannot be printed must not spoil the page or log that shows it.
    return text if text.isprintable() else ascii(text)
