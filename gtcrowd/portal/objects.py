"""Objects shown to workers: a signed address that opens one object for a while, and what answers it.

The sandboxed frame has no cookies, so the address itself must say that it may be read.
"""

from contextlib import suppress
from typing import BinaryIO

from django.core import signing
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gtcrowd.jobs import store

SALT = "gtcrowd.portal.object"
VALID_SECONDS = 2 * 3600
BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""What may be shown, by its first bytes; everything else is only offered for download."""


def address(uri: str, *, job_id: int) -> str:
    """Path under which the object can be read for two hours by whoever has it."""
    return reverse("portal:object", args=[signing.dumps({"job": job_id, "uri": uri}, salt=SALT, compress=True)])


@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse | FileResponse:
    """The object behind a signed address; 410 when its time is over, 404 when it is not one of ours."""
    try:
        uri = signing.loads(token, salt=SALT, max_age=VALID_SECONDS)["uri"]
    except signing.SignatureExpired:
        return HttpResponse(_("This address has expired. Load the task again."), status=410, content_type="text/plain")
    except signing.BadSignature as error:
        raise Http404 from error
    try:
        return _stream(uri)
    except (store.ObjectMissing, store.BadAddress):
        # The address in the store is the requester's; a worker is not told.
        return HttpResponse(_("The object is missing."), status=404, content_type="text/plain")


def _stream(uri: str) -> FileResponse:
    file = store.store().open(uri)
    kind = _content_type(file)
    response = FileResponse(file, content_type=kind or "application/octet-stream", as_attachment=kind is None)
    with suppress(store.ObjectMissing):
        response["Content-Length"] = str(store.store().size(uri))
    response["Cache-Control"] = f"private, max-age={VALID_SECONDS}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Content-Encoding"] = "identity"  # pictures are compressed already; keeps the gzip middleware off
    return response


def _content_type(file: BinaryIO) -> str | None:
    first = file.read(8)
    file.seek(0)
    return next((kind for beginning, kind in BEGINNINGS.items() if first.startswith(beginning)), None)
