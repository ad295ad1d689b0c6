"""Hooks and what pages of one's own may load, on the requester's pages: tried, and set for the whole requester."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gtcrowd.console import confirm, forms, inputs
from gtcrowd.console.access import member
from gtcrowd.hooks import signing_secret
from gtcrowd.identity import origins, zones
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import Right
from gtcrowd.jobs import state
from gtcrowd.jobs.fields import TRIAL
from gtcrowd.jobs.models import Job
from gtcrowd.jobs.request import Fault, JobRefused
from gtcrowd.workpage import trial


@member
@require_POST
def try_new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Try what the form of a new job describes."""
    fields = inputs.read_all(request.POST)
    values = {name: fields[name] for name in TRIAL if fields.get(name)}
    return _result(request, viewer, values, None)


@member
@require_POST
def try_job(request: HttpRequest, viewer: Viewer, name: str) -> HttpResponse:
    """Try the page and hooks of a job, or others on its objects."""
    own = Job.objects.visible_to(viewer).select_related("template", "requester")
    job = get_object_or_404(own, name__iexact=name)
    values = {
        field: request.POST[field].strip() for field in ("template", "pre_hook", "post_hook") if field in request.POST
    }
    return _result(request, viewer, values, job)


def _result(request: HttpRequest, viewer: Viewer, values: dict[str, Any], job: Job | None) -> HttpResponse:
    try:
        values["answers"] = _answers(request.POST.get("sample_answers", ""))
        tried = trial.attempt(viewer=viewer, values=values, job=job, now=timezone.now())
    except JobRefused as refused:
        return render(
            request, "console/try.html", {"faults": forms.faults_by_control(refused.faults), "job": job}, status=422
        )
    except state.NotPossible as busy:
        return render(request, "console/try.html", {"faults": {"": [str(busy)]}, "job": job}, status=409)
    pages = [
        {
            "trial": trial,
            "task_input": json.dumps(trial.task_input, ensure_ascii=False),
            "frame": f"page-{trial.position}",
        }
        for trial in tried.objects
    ]
    return render(request, "console/try.html", {"tried": tried, "pages": pages, "job": job})


def _answers(text: str) -> list[Any]:
    """Return the sample answers, given as JSON, one per line. Raises JobRefused."""
    answers = []
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            answers.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            problem = _('must have one answer per line, as JSON such as {"bird": "heron"}.')
            raise JobRefused([Fault("answers", line[:80], problem)]) from error
    return answers


@member
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Settings of the requester: what its own worker pages may load, and by what calls of its hooks are signed."""
    context: dict[str, Any] = {"origins": "\n".join(viewer.requester.script_origins), "zones": zones.known()}
    status = 200
    if request.method == "POST":
        text = request.POST.get("script_origins", "")
        try:
            origins.allow(viewer=viewer, origins=text.split())
            messages.success(request, _("Origins saved. They apply to pages that workers load from now on."))
            return redirect("console:settings")
        except origins.OriginsRefused as refused:
            context, status = context | {"origins": text, "faults": refused.faults}, 422
    if viewer.may(Right.CREATE_JOBS):
        context["secret"] = signing_secret.of(viewer.requester)
    return render(request, "console/settings.html", context, status=status)


@member
@require_POST
def time_zone(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """In which time zone the requester's days begin."""
    try:
        zones.change(viewer=viewer, name=request.POST.get("time_zone", "").strip())
        messages.success(request, _("Time zone saved. The totals of the dashboards are being recomputed."))
    except zones.UnknownZone as unknown:
        messages.error(request, str(unknown))
    return redirect("console:settings")


@member
@require_POST
def renew_secret(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    viewer.must(Right.MANAGE_MEMBERS)
    question = confirm.question(
        request, title=_("Rotate the secret?"), button=_("Rotate secret"), cancel=reverse("console:settings"),
        text=_("Hooks that check the current secret refuse all calls until you give them the new one."),
    )  # fmt: skip
    if question:
        return question
    signing_secret.renew(viewer=viewer)
    messages.success(request, _("Secret rotated. Calls are now signed with the new secret; update your hooks."))
    return redirect("console:settings")
