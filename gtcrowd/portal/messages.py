"""Messages of a worker to the requester: from the current task, or from the job's message page."""

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
from gtcrowd.portal.submissions import json_errors, problem
from gtcrowd.tasks import messages as messaging
from gtcrowd.tasks.models import About


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def thread(request: HttpRequest, job_id: int) -> HttpResponse:
    """Show the messages between the worker and the requester of a job, and mark the replies as read."""
    now = timezone.now()
    worker, job = access.thread(access.person(request), job_id, now=now)
    context = {"job": job, "abouts": About.choices, "most": messaging.MOST_CHARACTERS, "given": {}}
    if request.method == "POST":
        fields = {name: request.POST.get(name, "") for name in ("about", "text")}
        # Browsers count a line break as one character and send two.
        fields["text"] = fields["text"].replace("\r\n", "\n")
        try:
            messaging.write(worker=worker, job=job, about=fields["about"], text=fields["text"], now=now)
        except messaging.MessageRefused as refused:
            context |= {"given": fields, "fault": str(refused), "field": refused.field}
        else:
            messages.success(request, _("Sent. The reply will appear here and on your work page."))
            return redirect("portal:messages", job_id=job_id)
    context["thread"] = messaging.thread(worker=worker, job=job)
    messaging.read(worker=worker, job=job, now=now)
    return render(request, "portal/messages.html", context, status=422 if "fault" in context else 200)


@require_POST
@json_errors
def report(request: HttpRequest, job_id: int) -> JsonResponse:
    """Send a message about the current task. The task stays assigned."""
    try:
        fields = json.loads(request.body)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        return problem(_("The message must be JSON with `assignment`, `about` and `text`."), status=400)
    assignment = access.own_assignment(access.person(request), fields.get("assignment"), job=job_id)
    try:
        messaging.write(
            worker=assignment.worker, job=assignment.job, assignment=assignment, about=fields.get("about"),
            text=fields.get("text"), now=timezone.now(),
        )  # fmt: skip
    except messaging.TooMany as refused:
        return problem(str(refused), status=429, field=refused.field)
    except messaging.MessageRefused as refused:
        return problem(str(refused), status=422, field=refused.field)
    return JsonResponse({"sentence": _("Sent to the requester. The reply will appear on your work page.")})
