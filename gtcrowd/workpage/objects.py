"""Serve objects at the signed addresses of gtcrowd.jobs.signed."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gtcrowd.jobs import signed, store

BEGINNINGS = {
    rb"\x89PNG\r\n\x1a\n": "image/png",
    rb"\xff\xd8\xff": "image/jpeg",
    rb"GIF8[79]a": "image/gif",
    rb"RIFF....WEBP": "image/webp",
    rb"....ftyp": "video/mp4",
    rb"\x1a\x45\xdf\xa3": "video/webm",
    rb"OggS": "video/ogg",
    rb"%PDF-": "application/pdf",
}
"""Media types shown inline, by their first bytes; everything else is a download."""
BLOCK = 1 << 16
DOCUMENT = re.compile(rb"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)
FRAMES = ("iframe", "frame", "embed", "object")
"""Destinations of requests for a document inside a page. Only there is HTML shown; anywhere else it is a download."""
ISOLATED = "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; sandbox"
"""Policy of every object: a document runs no scripts, loads nothing, and has an origin of its own."""
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse | StreamingHttpResponse:
    """Serve the object behind a signed address; 410 if it has expired, 404 if it is forged."""
    try:
        uri = signed.uri(token)
    except signed.Expired:
        return HttpResponse(_("This address has expired. Load the task again."), status=410, content_type="text/plain")
    except signed.Forged as error:
        raise Http404 from error
    try:
        framed = request.headers.get("Sec-Fetch-Dest") in FRAMES
        return _stream(uri, request.headers.get("Range", ""), framed=framed)
    except (store.ObjectMissing, store.BadAddress):
        # The address in the store belongs to the requester; workers do not see it.
        return HttpResponse(_("The object is missing."), status=404, content_type="text/plain")


def _stream(uri: str, range_header: str, *, framed: bool) -> HttpResponse | StreamingHttpResponse:
    file = store.store().open(uri)
    kind = _content_type(file, framed=framed)
    size = store.store().size(uri)
    part = _part(range_header, size)
    if part is None:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response: FileResponse | StreamingHttpResponse
    first, last = part
    content_type = kind or "application/octet-stream"
    if (first, last) == (0, size - 1):
        response = FileResponse(file, content_type=content_type, as_attachment=kind is None)
    else:
        response = StreamingHttpResponse(_blocks(file, first, last - first + 1), status=206, content_type=content_type)
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(max(last - first + 1, 0))
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = f"private, max-age={signed.VALID_SECONDS}"
    response["X-Content-Type-Options"] = "nosniff"
    # The page of a task has no origin of its own, and reads the pixels of what was painted before. Whoever has the
    # address may read the object anyway; no cookie plays a part.
    response["Access-Control-Allow-Origin"] = "*"
    response["Content-Security-Policy"] = ISOLATED
    # Its page is sandboxed, and a page without an origin cannot be named as one that may frame it.
    response.xframe_options_exempt = True  # type: ignore[attr-defined]
    response["Vary"] = "Sec-Fetch-Dest"
    response["Content-Encoding"] = "identity"  # pictures are compressed already; keeps the gzip middleware off
    return response


def _part(range_header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of what a Range header asks for: all for none, or for one that is not understood; None for
    one beyond the end. Players ask for parts to jump about in a film."""
    match = RANGE.fullmatch(range_header.strip())
    if not match or match.groups() == ("", "") or not size:
        return 0, size - 1
    begin, end = match.groups()
    if not begin:
        return max(size - int(end), 0), size - 1
    first, last = int(begin), min(int(end or size - 1), size - 1)
    return (first, last) if first <= last else None


def _blocks(file: BinaryIO, first: int, length: int) -> Iterator[bytes]:
    """Yield `length` bytes of the file from `first`, then close it."""
    with file:
        file.seek(first)
        while length > 0 and (block := file.read(min(length, BLOCK))):
            length -= len(block)
            yield block


def _content_type(file: BinaryIO, *, framed: bool) -> str | None:
    first = file.read(64)
    file.seek(0)
    if framed and DOCUMENT.match(first.removeprefix(b"\xef\xbb\xbf")):
        return "text/html"
    return next((kind for beginning, kind in BEGINNINGS.items() if re.match(beginning, first, re.DOTALL)), None)
