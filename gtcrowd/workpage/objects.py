"""Serve objects at the signed addresses of gtcrowd.jobs.signed."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, TypeVar

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from PIL import Image, ImageOps

from gtcrowd.jobs import media_types, signed, store
from gtcrowd.jobs.media_types import Shown

BLOCK = 1 << 16
DOCUMENT = re.compile(rb"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)
FRAMES = ("iframe", "frame", "embed", "object")
"""Destinations of requests for a document inside a page. Only there is HTML shown; anywhere else it is a download."""
ISOLATED = "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; sandbox"
"""Policy of every object: a document runs no scripts, loads nothing, and has an origin of its own."""
RANGE = re.compile(r"bytes=([0-9]{0,19})-([0-9]{0,19})")
Response = TypeVar("Response", HttpResponse, FileResponse, StreamingHttpResponse)
MOST_CONVERTED = 50_000_000
"""Pixels of a picture that is converted to be shown."""


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
    head = file.read(media_types.HEAD)
    file.seek(0)
    row = media_types.of_content(head, name=uri)
    if row and row.shown is Shown.PNG:
        return _converted(file)
    kind = row.media_type if row and row.shown is Shown.INLINE else None
    if framed and DOCUMENT.match(head.removeprefix(b"\xef\xbb\xbf")):
        kind = "text/html"
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
    return _guarded(response)


def _converted(file: BinaryIO) -> HttpResponse:
    """Return the first picture of a file as an upright PNG: browsers do not show a TIFF."""
    try:
        with file, Image.open(file, formats=["TIFF"]) as opened:
            if opened.width * opened.height > MOST_CONVERTED:
                raise ValueError
            upright = ImageOps.exif_transpose(opened)
            plain = upright if upright.mode in ("L", "RGB", "RGBA", "1", "P") else upright.convert("RGB")
            written = BytesIO()
            plain.save(written, "PNG", compress_level=1)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        text = _("This picture cannot be shown: it is damaged or too large.")
        return HttpResponse(text, status=422, content_type="text/plain")
    return _guarded(HttpResponse(written.getvalue(), content_type="image/png"))


def _guarded(response: Response) -> Response:
    """Add the headers under which no object can run a script or load anything."""
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
