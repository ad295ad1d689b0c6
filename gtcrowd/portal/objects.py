"""Objects for the worker's page, under signed addresses."""

from django.core import signing
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gtcrowd.identity.models import Bucket
from gtcrowd.jobs import store
from gtcrowd.portal import pages

TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
"""What is shown in the page; anything else is only handed over as a file."""


@require_GET
def serve(request: HttpRequest, token: str) -> HttpResponseBase:
    """The object behind a signed address. The signature is the permission: a sandboxed frame sends no cookies."""
    try:
        requester_id, uri = pages.signed_object(token)
    except signing.SignatureExpired:
        return HttpResponse(_("This address has expired; reload the task."), status=410, content_type="text/plain")
    except (signing.BadSignature, ValueError):
        return HttpResponse(_("This address is not valid."), status=404, content_type="text/plain")
    if not Bucket.objects.filter(name=store.bucket(uri) or "", requester=requester_id).exists():
        return HttpResponse(_("This address is not valid."), status=404, content_type="text/plain")
    try:
        stream = store.store().open(uri)
    except (store.ObjectMissing, store.BadAddress) as missing:
        return HttpResponse(str(missing), status=404, content_type="text/plain")
    kind = TYPES.get(uri[uri.rfind(".") :].lower())
    response = FileResponse(stream, content_type=kind or "application/octet-stream", as_attachment=kind is None)
    response["Cache-Control"] = f"private, max-age={pages.SECONDS_VALID}, immutable"
    return response
