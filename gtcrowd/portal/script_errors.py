"""Errors of the scripts in a requester's own template, reported by the work page."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gtcrowd.jobs import script_errors
from gtcrowd.portal import access
from gtcrowd.portal.submissions import json_errors, problem, read_json


@require_POST
@json_errors
def report(request: HttpRequest, job_id: int) -> JsonResponse:
    """Count an error of the page of one's own task. The job stores each message once."""
    payload = read_json(request.body, required="error")
    if payload is None:
        return problem(_("The error must be JSON with `assignment` and `error`."), status=400)
    assignment = access.own_assignment(access.person(request), payload["assignment"], job=job_id)
    error = payload["error"]
    stored = script_errors.record(
        job=assignment.job, message=error.get("message"), line=error.get("line"), now=timezone.now()
    )
    return JsonResponse({"stored": stored})
