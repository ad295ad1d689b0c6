"""Tell from its first bytes that a file is no manifest at all, so that it is refused in one sentence."""

from __future__ import annotations

import codecs

from django.utils.translation import gettext as _

from gtcrowd.jobs import media_types

MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ARCHIVES = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "ZIP",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}
SHOWN_BYTES = 4


def problem(head: bytes, *, name: str) -> str:
    """Return why a file that begins with `head` is no manifest; "" if its lines are worth looking at.

    `name`: of the file, for the sentence.
    """
    values = {"name": name, "begins": head[:SHOWN_BYTES].hex(" ").upper()}
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        return _("%(name)s is empty. A manifest has one JSON object per line.") % values
    if head.startswith(MARKS) or _alternates_with_nul(head):
        return _("%(name)s is text in UTF-16 or UTF-32. Save it as UTF-8.") % values
    archive = next((title for begin, title in ARCHIVES.items() if head.startswith(begin)), "")
    if archive:
        return _("%(name)s is compressed (%(type)s). Unpack it first.") % (values | {"type": archive})
    row = next((row for row in media_types.TYPES if not row.textual and row.matches(head)), None)
    if row:
        text = _(
            "%(name)s is a file of type %(type)s (it begins with %(begins)s). A manifest is a text file with one JSON "
            "object per line."
        )
        return text % (values | {"type": row.name})
    return _text_problem(head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n"), values)


def _text_problem(text: str, values: dict[str, str]) -> str:
    if text.startswith("["):
        return (
            _("%(name)s is a JSON array. Write each object on a line of its own, without brackets and commas.") % values
        )
    if text.startswith("<"):
        return _("%(name)s is HTML or XML. A manifest is a text file with one JSON object per line.") % values
    if text.partition("\n")[0].strip() == "{":
        return _("%(name)s has an object on several lines. Write each object on one line.") % values
    if not text.startswith("{") and "{" not in text.partition("\n")[0]:
        return _("%(name)s does not begin with a JSON object. A manifest has one JSON object per line.") % values
    return ""


def _alternates_with_nul(head: bytes) -> bool:
    """Return whether every second byte is NUL, as in UTF-16 without a mark."""
    start = head[:64]
    return len(start) >= 4 and (not any(start[::2]) or not any(start[1::2]))
