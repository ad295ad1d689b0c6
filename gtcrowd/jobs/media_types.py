"""The table of media types: what may be put into a bucket, what it is, and how workers see it.

Uploads (gtcrowd.api.objects), the addresses at which objects are shown (gtcrowd.workpage.objects) and
docs/media-types.md are made from it. A further type is a row here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HEAD = 1 << 12
"""Bytes of an object that are enough to tell its type."""


class Shown(StrEnum):
    """How a browser gets an object."""

    INLINE = "inline"
    PNG = "png"
    DOWNLOAD = "download"


SHOWN_TEXTS: dict[Shown, str | Promise] = {
    Shown.INLINE: _("as it is"),
    Shown.PNG: _("its first picture, as a PNG"),
    Shown.DOWNLOAD: _("as a download; not on a task page"),
}


@dataclass(frozen=True)
class MediaType:
    """A type of object.

    extensions   ends of names, the usual one first
    medium   image, video, audio, text, document or manifest
    begins   pattern of the first bytes; None for plain text, which is UTF-8 without NUL
    """

    name: str
    extensions: tuple[str, ...]
    media_type: str
    medium: str
    begins: bytes | None
    shown: Shown = Shown.INLINE

    @property
    def textual(self) -> bool:
        return self.begins is None or self.begins == SVG or self.medium == "manifest"

    def matches(self, head: bytes) -> bool:
        """Return whether an object that begins with `head`, its first HEAD bytes or all, is of this type."""
        if self.begins is None:
            return is_text(head)
        return re.match(self.begins, head, re.DOTALL) is not None


BOM = rb"(?:\xef\xbb\xbf)?"
SVG = BOM + rb"(?:<\?xml[^>]*>|<!--(?:(?!-->).)*-->|<!DOCTYPE[^>]*>|\s)*<svg[\s>]"
TYPES = (
    MediaType("PNG", (".png",), "image/png", "image", rb"\x89PNG\r\n\x1a\n"),
    MediaType("JPEG", (".jpg", ".jpeg"), "image/jpeg", "image", rb"\xff\xd8\xff"),
    MediaType("GIF", (".gif",), "image/gif", "image", rb"GIF8[79]a"),
    MediaType("WebP", (".webp",), "image/webp", "image", rb"RIFF....WEBP"),
    MediaType("AVIF", (".avif",), "image/avif", "image", rb"....ftypavi[fs]"),
    MediaType("BMP", (".bmp",), "image/bmp", "image", rb"BM.{4}\x00{4}"),
    MediaType("SVG", (".svg",), "image/svg+xml", "image", SVG),
    MediaType("TIFF", (".tif", ".tiff"), "image/tiff", "image", rb"II\*\x00|MM\x00\*", Shown.PNG),
    MediaType("MP4", (".mp4", ".m4v"), "video/mp4", "video", rb"....ftyp(?!hei|hev|mif1|msf1|avi[fs])"),
    MediaType("WebM", (".webm",), "video/webm", "video", rb"\x1a\x45\xdf\xa3"),
    MediaType("Ogg", (".ogg", ".oga", ".ogv"), "video/ogg", "video", rb"OggS"),
    MediaType("WAV", (".wav",), "audio/wav", "audio", rb"RIFF....WAVE"),
    MediaType("MP3", (".mp3",), "audio/mpeg", "audio", rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]"),
    MediaType("PDF", (".pdf",), "application/pdf", "document", rb"%PDF-"),
    MediaType("CSV", (".csv",), "text/plain; charset=utf-8", "text", None),
    MediaType("plain text", (".txt",), "text/plain; charset=utf-8", "text", None),
    MediaType("manifest", (".manifest", ".jsonl"), "application/x-ndjson", "manifest", BOM + rb"\{", Shown.DOWNLOAD),
)  # fmt: skip
EXTENSIONS = tuple(extension for row in TYPES for extension in row.extensions)


def of_name(name: str) -> MediaType | None:
    """Return the type that the end of a name stands for; None if nothing with such a name may be put."""
    return next((row for row in TYPES if name.lower().endswith(row.extensions)), None)


def of_content(head: bytes, *, name: str) -> MediaType | None:
    """Return the type of an object by its first bytes; None for an unknown one.

    A name that stands for another medium makes the type unknown. Types that are texts need their own name: otherwise
    any text could be made to pass for one.
    """
    named = of_name(name)
    if named and named.textual and named.matches(head):
        return named
    row = next((row for row in TYPES if not row.textual and row.matches(head)), None)
    return None if row and named and named.medium != row.medium else row


def is_text(head: bytes) -> bool:
    """Return whether bytes are the beginning of a text in UTF-8 without NUL."""
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) - error.start < 4 and error.reason == "unexpected end of data"
    return True


def markdown() -> str:
    """Return the table as docs/media-types.md shows it."""
    lines = ["| type | names end in | media type | data | workers see it |", "|---|---|---|---|---|"]
    for row in TYPES:
        ends = ", ".join(f"`{extension}`" for extension in row.extensions)
        lines.append(f"| {row.name} | {ends} | `{row.media_type}` | {row.medium} | {SHOWN_TEXTS[row.shown]} |")
    return "\n".join(lines) + "\n"
