"""Bring names and numbers that come from outside into one plain form, so that equal ones are equal and visible.

A name is in Unicode's composed form (NFC), without white space or invisible characters at its ends. Names that differ
in case remain two names, as in Ground Truth; `lookalike_key` finds those that people may take for each other.

A number is written in ASCII digits with a decimal point: no grouping, no exponent, no digits of other scripts.
"""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from typing import Any

WHOLE = re.compile(r"-?[0-9]{1,40}")
DECIMAL = re.compile(r"-?(?:[0-9]{1,40}(?:\.[0-9]{1,40})?|\.[0-9]{1,40})")
MEASURED = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
SPACE = " \t\r\n"
# Blank, and yet letters or symbols to Unicode: Hangul fillers, the empty Braille pattern, the grapheme joiner, two
# inherent vowels of Khmer.
BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
# Tags are invisible by themselves, and spell the flags of regions after a flag emoji.
TAGS = range(0xE0020, 0xE0080)
VARIATION_SELECTORS = range(0xFE00, 0xFE10)
# Letters of other scripts that most typefaces draw like a Latin one.
LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТХУаеорсухѕіјһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρıɑɡ",
    "ABESIJKMHOPCTXYaeopcyxsijhdqwABEZHIKMNOPTYXovpiag",
)  # fmt: skip


def name(text: str) -> str:
    """Return the text as a name; "" if there is nothing in it that people could see."""
    composed = unicodedata.normalize("NFC", text)
    start, end = 0, len(composed)
    while start < end and _trimmed(composed[start]):
        start += 1
    while end > start and _trimmed(composed[end - 1]):
        end -= 1
    trimmed = composed[start:end]
    return trimmed if any(_visible(character) for character in trimmed) else ""


def has_control_characters(text: str) -> bool:
    """Return whether the text has control characters other than white space, or halves of surrogate pairs."""
    return any(unicodedata.category(character) in ("Cc", "Cs") and not character.isspace() for character in text)


def lookalike_key(text: str) -> str:
    """Return what names have in common that people may take for each other.

    Letter case, the kind of white space, invisible characters, full-width and other compatible forms, and letters of
    other scripts that look like Latin ones make no difference to it. The letters are those of `LOOKALIKES`, a small
    part of Unicode's confusables (UTS 39).
    """
    shown = "".join(character for character in unicodedata.normalize("NFKC", text) if not _ignored(character))
    return " ".join(shown.translate(LOOKALIKES).casefold().translate(LOOKALIKES).split())


def whole(value: Any) -> int | None:
    """Return the whole number in `value`, an integer or the text of one; None if it is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or not WHOLE.fullmatch(value.strip(SPACE)):
        return None
    return int(value)


def number(value: Any) -> int | float | None:
    """Return the finite number in `value`, a number or the text of one, an integer where it is whole; None if none."""
    if isinstance(value, str):
        value = float(value) if DECIMAL.fullmatch(value.strip(SPACE)) else None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        converted = float(value)
    except OverflowError:  # an integer of more than 308 digits
        return None
    if not math.isfinite(converted):
        return None
    return int(value) if converted.is_integer() else converted


def amount(value: Any) -> Decimal | None:
    """Return the finite decimal number in `value`, a number or the text of one, with all its places; None if none."""
    if isinstance(value, str):
        return Decimal(value.strip(SPACE)) if DECIMAL.fullmatch(value.strip(SPACE)) else None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Decimal(str(value)) if number(value) is not None else None


def measurement(text: str) -> float | None:
    """Return the finite number in a text of a data file, where programs write small ones as 1e-05; None if none."""
    if not MEASURED.fullmatch(text.strip(SPACE)):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def _trimmed(character: str) -> bool:
    if character in BLANK or character.isspace():
        return True
    return unicodedata.category(character) == "Cf" and ord(character) not in TAGS


def _ignored(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Cc") and not character.isspace()


def _visible(character: str) -> bool:
    code = ord(character)
    invisible = character.isspace() or _ignored(character) or character in BLANK
    return not invisible and code not in VARIATION_SELECTORS
