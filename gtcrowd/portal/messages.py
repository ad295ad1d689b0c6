"""What a worker writes to the requester: from the task at hand, or from the page of a job's messages."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gtcrowd.portal import access
from gtcrowd.portal.submissions import problem, told_in_json
from gtcrowd.tasks import messages as messaging
from gtcrowd.tasks.models import About


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def thread(request: HttpRequest, job_id: int) -> HttpResponse:
    """The messages between the worker and the requester of a job; seeing them marks the answers as read."""
    now = timezone.now()
    worker, job = access.thread(access.person(request), job_id, now=now)
    shown = {"job": job, "abouts": About.choices, "most": messaging.MOST_CHARACTERS, "given": {}}
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("about", "text")}
        # A browser counts a line's end as one character and sends it as two.
        given["text"] = given["text"].replace("\r\n", "\n")
        try:
            messaging.write(worker=worker, job=job, about=given["about"], text=given["text"], now=now)
        except messaging.MessageRefused as refused:
            shown |= {"given": given, "fault": str(refused), "field": refused.field}
        else:
            messages.success(request, _("Sent. The reply will appear here and on your work page."))
            return redirect("portal:messages", job_id=job_id)
    shown["thread"] = messaging.thread(worker=worker, job=job)
    messaging.read(worker=worker, job=job, now=now)
    return render(request, "portal/messages.html", shown, status=422 if "fault" in shown else 200)


@require_POST
@told_in_json
def report(request: HttpRequest, job_id: int) -> JsonResponse:
    """A message about the task at hand, which stays at hand."""
    try:
        given = json.loads(request.body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        return problem(_("The message must be JSON with `assignment`, `about` and `text`."), status=400)
    assignment = access.own_assignment(access.person(request), given.get("assignment"), job=job_id)
    try:
        messaging.write(
            worker=assignment.worker, job=assignment.job, assignment=assignment, about=given.get("about"),
            text=given.get("text"), now=timezone.now(),
        )  # fmt: skip
    except messaging.TooMany as refused:
        return problem(str(refused), status=429, field=refused.field)
    except messaging.MessageRefused as refused:
        return problem(str(refused), status=422, field=refused.field)
    return JsonResponse({"sentence": _("Sent to the requester. The reply will appear on your work page.")})
