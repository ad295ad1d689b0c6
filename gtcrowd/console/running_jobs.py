"""Actions on a running job: change, pause, gold questions, workers in the job."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gtcrowd import kinds, plain_text
from gtcrowd.console import change_form, forms, job_form
from gtcrowd.console.access import member
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import Right
from gtcrowd.jobs import change as jobs_change
from gtcrowd.jobs import pause, state
from gtcrowd.jobs.models import Job
from gtcrowd.jobs.request import JobRefused
from gtcrowd.ledger.hold import InsufficientFunds
from gtcrowd.tasks.answers import gold
from gtcrowd.tasks.lifecycle import change, job_worker
from gtcrowd.tasks.models import Gold, JobWorker
from gtcrowd.workforce.models import Worker


@member
@require_http_methods(["GET", "POST"])
def change_job(request: HttpRequest, viewer: Viewer, name: str) -> HttpResponse:
    """Show the changeable fields of a job as they are; change those that were posted with another value."""
    viewer.must(Right.CREATE_JOBS)
    job = _job(viewer, name)
    faults: dict[str, list[str]] = {}
    try:
        jobs_change.check_state(job)
        if request.method == "POST":
            return _change(request, viewer, job)
    except state.NotPossible as ended:
        messages.error(request, str(ended))
        return redirect("console:job", name=job.name)
    except JobRefused as refused:
        faults = forms.faults_by_control(refused.faults)
    except InsufficientFunds as short:
        faults = {"price": [str(short)]}
    texts = change_form.texts(job) | request.POST.dict()
    groups = change_form.groups(viewer, job, texts, faults)
    context = forms.prices() | {"job": job, "groups": groups, "problems": job_form.problems(groups, faults)}
    context["first_fault"] = job_form.first_fault(groups)
    return render(request, "console/change_job.html", context, status=422 if faults else 200)


def _change(request: HttpRequest, viewer: Viewer, job: Job) -> HttpResponse:
    """Change what differs and return to the job's page. Raises JobRefused, InsufficientFunds, state.NotPossible."""
    values = change_form.changes(job, request.POST)
    if values:
        change.change(viewer=viewer, job=job, values=values, now=timezone.now())
        messages.success(request, _("Change saved. Tasks are updated within seconds."))
    else:
        messages.info(request, _("No changes."))
    return redirect("console:job", name=job.name)


@member
@require_POST
def pause_job(request: HttpRequest, viewer: Viewer, name: str) -> HttpResponse:
    job = _job(viewer, name)
    if request.POST.get("how") == "resume":
        return _done(request, job, lambda: pause.resume(viewer=viewer, job=job, now=timezone.now()),
                      _("Job resumed. Tasks are assigned again."))  # fmt: skip
    return _done(request, job, lambda: pause.pause(viewer=viewer, job=job, now=timezone.now()),
                  _("Job paused. Workers can finish the tasks they hold."))  # fmt: skip


@member
@require_POST
def declare_gold(request: HttpRequest, viewer: Viewer, name: str) -> HttpResponse:
    """Make an object known, or correct what is right about one that is."""
    job, posted = _job(viewer, name), request.POST
    number = plain_text.whole(posted.get("object"))
    position = -1 if number is None else number
    question = Gold.objects.visible_to(viewer).select_related("job").filter(job=job, task__position=position).first()
    picked = posted.getlist("value")
    kind = kinds.kind(job.kind)
    value: Any = picked if kind.multi_label else "".join(picked[:1])
    if not kind.multi_label and kind.values(job.categories) is None:
        try:
            value = json.loads(value)
        except ValueError:
            messages.error(
                request, _("The correct value must be JSON. This is not valid JSON: %(given)s") % {"given": value[:80]}
            )
            return redirect("console:job", name=job.name)
    fields: dict[str, Any] = {"value": value, "explanation": posted.get("explanation", "")}
    if question is None:
        return _done(
            request, job,
            lambda: gold.declare(viewer=viewer, job=job, items=[{"object": position, **fields}], now=timezone.now()),
            _("Object %(number)s is now a gold question.") % {"number": number},
        )  # fmt: skip
    return _done(request, job, lambda: gold.correct(viewer=viewer, question=question, now=timezone.now(), **fields),
                  _("Gold question corrected. Accuracies and labels are being recomputed."))  # fmt: skip


@member
@require_POST
def change_standing(request: HttpRequest, viewer: Viewer, name: str, code: str) -> HttpResponse:
    job = _job(viewer, name)
    worker = get_object_or_404(Worker.objects.filter(workforce=job.team.workforce_id), code=code)
    if request.POST.get("how") == "resume":
        row = get_object_or_404(JobWorker.objects.visible_to(viewer), job=job, worker=worker)
        return _done(request, job, lambda: job_worker.resume(viewer=viewer, job_worker=row), _("Worker resumed."))
    reason = request.POST.get("reason", "")
    return _done(
        request, job,
        lambda: job_worker.pause(viewer=viewer, job=job, worker=worker, reason=reason, now=timezone.now()),
        _("Worker paused. They get no more tasks of this job."),
    )  # fmt: skip


def _done(request: HttpRequest, job: Job, act: Callable[[], object], done: str) -> HttpResponse:
    """Do it, say so or why not, and show the job again."""
    try:
        act()
        messages.success(request, done)
    except JobRefused as refused:
        for fault in refused.faults:
            messages.error(request, f"{fault.field}: {fault.problem}")
    except gold.GoldRefused as refused:
        for _position, problem in refused.faults:
            messages.error(request, problem)
    except (InsufficientFunds, kinds.AnswerRefused) as refused:
        messages.error(request, str(refused))
    except state.NotPossible:
        messages.error(request, _("The job is not in progress."))
    return redirect("console:job", name=job.name)


def _job(viewer: Viewer, name: str) -> Job:
    own = Job.objects.visible_to(viewer).select_related("team__workforce", "template")
    job: Job = get_object_or_404(own, name__iexact=name)
    return job
