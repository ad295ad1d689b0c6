"""The list of jobs, and the page of a job."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gtcrowd.portal import access, examples, payloads, texts
from gtcrowd.tasks import messages as messaging
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.allocation.available_jobs import offer, offers
from gtcrowd.tasks.answers import drafts, shortcuts
from gtcrowd.tasks.answers.earnings import earnings
from gtcrowd.tasks.models import About, JobWorker
from gtcrowd.theme import navigation

JOBS_SHOWN = 20
MESSAGES_SHOWN = 5


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Redirect to a person's own page: jobs for who runs them or manages workers, the vendor's page for its managers,
    else work.
    """
    return redirect(navigation.start(request))


@require_safe
@never_cache
@login_required
def work(request: HttpRequest) -> HttpResponse:
    """List what the worker can work on, and what they earned."""
    now = timezone.now()
    available = offers(access.person(request), now=now)
    earned = earnings(access.person(request), now=now)
    context = {
        "offers": available,
        "any_waiting": len(available) > 1 and any(entry.waiting or entry.holding for entry in available),
        "earned": earned,
        "jobs_earned": earned.by_job[:JOBS_SHOWN],
        "unread": messaging.unread(request.user.pk or 0)[:MESSAGES_SHOWN],
        "person": request.user.pk,
        "texts": texts.of_unsent(),
        "other_entry": next((link for link in navigation.links(request) if not link.current), None),
        "why": None if available else access.no_work_reason(access.person(request)),
    }
    return render(request, "portal/work.html", context)


@require_safe
@never_cache
@login_required
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """Show the current task, or the offer to start. Never claims a task."""
    now = timezone.now()
    worker, job_ = access.worker_and_job(access.person(request), job_id, now=now)
    assignment = claim.holding(worker=worker, job=job_, now=now)
    context: dict[str, Any] = {"job": job_, "worker": worker, "examples": examples.of(job_), "person": request.user.pk}
    context["unread"] = sum(entry.job_id == job_id for entry in messaging.unread(request.user.pk or 0))
    if assignment:
        task = payloads.task(assignment, now=now) | {"draft": drafts.find(assignment)}
        context |= {"task": task, "earned": _earned(worker.pk, job_id)}
        context |= {"texts": texts.of_work(), "settings": _addresses(job_id) | {"person": request.user.pk}}
        context |= {"keys": {"inForce": shortcuts.of(request.user.pk or 0), "words": shortcuts.words()}}
        context |= {"abouts": About.choices, "most": messaging.MOST_CHARACTERS}
        return render(request, "portal/task.html", context)
    context["texts"] = texts.of_unsent()
    context["offer"] = offer(worker, job_, now=now)
    if not context["offer"].waiting:
        context["others"] = [
            entry for entry in offers(access.person(request), now=now) if entry.job.pk != job_id and entry.waiting
        ]
        context["earned"] = earnings(access.person(request), now=now)
        context["earned_here"] = _earned(worker.pk, job_id)["paid"]
    return render(request, "portal/job.html", context)


@require_safe
@login_required
def signed_in(request: HttpRequest) -> HttpResponse:
    """Confirm a sign-in in a separate tab, while the work page waits in another."""
    return render(request, "portal/signed_in.html")


@require_POST
@login_required
def start(request: HttpRequest, job_id: int) -> HttpResponse:
    """Claim a task, or report why there is none."""
    now = timezone.now()
    worker, job_ = access.worker_and_job(access.person(request), job_id, now=now)
    try:
        claim.next_assignment(worker=worker, job=job_, now=now)
    except claim.NothingToDo as nothing:
        messages.info(request, nothing.reason)
    return redirect("portal:job", job_id=job_id)


@require_POST
@login_required
def next_job(request: HttpRequest) -> HttpResponse:
    """Start the next job with a task for this worker, by priority, deadline and pay."""
    now = timezone.now()
    for entry in offers(access.person(request), now=now):
        if not entry.holding and not entry.waiting:
            continue
        try:
            claim.next_assignment(worker=entry.worker, job=entry.job, now=now)
        except claim.NothingToDo:
            continue  # another worker was faster
        return redirect("portal:job", job_id=entry.job.pk)
    messages.info(request, _("There are no tasks for you at the moment."))
    return redirect("portal:work")


def _earned(worker_id: int, job_id: int) -> dict[str, Any]:
    own = JobWorker.objects.filter(worker=worker_id, job=job_id).values("paid", "answers").first()
    return dict(own) if own else {"paid": Decimal("0.000"), "answers": 0}


def _addresses(job_id: int) -> dict[str, str]:
    return {
        "submit": reverse("portal:submit", args=[job_id]),
        "moreTime": reverse("portal:more-time", args=[job_id]),
        "draft": reverse("portal:draft", args=[job_id]),
        "outline": reverse("portal:outline", args=[job_id]),
        "inAdvance": reverse("portal:in-advance", args=[job_id]),
        "page": reverse("portal:job", args=[job_id]),
        "scriptError": reverse("portal:script-error", args=[job_id]),
        "report": reverse("portal:report", args=[job_id]),
        "keys": reverse("portal:keys"),
        "signIn": f"{reverse('account_login')}?next={reverse('portal:signed-in')}",
    }
