"""What workers write about a job, on the job's page: read, answer, mark as done."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gtcrowd.console.access import member
from gtcrowd.identity.access import Viewer
from gtcrowd.jobs.models import Job
from gtcrowd.tasks import messages as messaging
from gtcrowd.tasks.models import JobWorker, Message
from gtcrowd.workforce.models import Worker

THREADS_SHOWN = 30


def context(viewer: Viewer, job: Job, *, write_to: str = "") -> dict[str, Any]:
    """Return what the job's page says of its messages. `write_to`: code of a worker to begin a thread with."""
    threads = messaging.threads(viewer=viewer, job=job, most=THREADS_SHOWN)
    return {
        "threads": threads,
        "waiting": messaging.waiting([job.pk]).get(job.pk, 0),
        "most": messaging.MOST_CHARACTERS,
        "write_to": _involved(viewer, job).filter(code=write_to).first() if write_to else None,
    }


def _involved(viewer: Viewer, job: Job) -> QuerySet[Worker]:
    """Return the workers who have worked in the job or written about it."""
    written = Message.objects.visible_to(viewer).filter(job=job)
    worked = JobWorker.objects.visible_to(viewer).filter(job=job)
    rows = Worker.objects.filter(pk__in=written.values("worker").union(worked.values("worker")))
    return rows.select_related("user", "workforce")


@member
@require_POST
def answer(request: HttpRequest, viewer: Viewer, name: str, code: str) -> HttpResponse:
    """Answer a worker, or mark what they wrote as done, or have it wait again."""
    job: Job = get_object_or_404(Job.objects.visible_to(viewer), name__iexact=name)
    worker: Worker = get_object_or_404(_involved(viewer, job), code=code)
    params: dict[str, Any] = {"viewer": viewer, "job": job, "worker": worker, "now": timezone.now()}
    how = request.POST.get("how", "")
    if how in ("done", "wait"):
        messaging.finish(**params, done=how == "done")
        messages.success(request, _("Marked as done.") if how == "done" else _("Marked as waiting."))
    else:
        try:
            messaging.answer(**params, text=request.POST.get("text", "").replace("\r\n", "\n"))
            if how == "answer-done":
                messaging.finish(**params)
            messages.success(request, _("Answer sent. The worker sees it on their work page."))
        except messaging.MessageRefused as refused:
            messages.error(request, str(refused))
    return redirect(f"{reverse('console:job', args=[job.name])}#messages")
