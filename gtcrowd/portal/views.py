"""The list of jobs, and the page of one job."""

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
from gtcrowd.tasks import claim, drafts, shortcuts
from gtcrowd.tasks import messages as messaging
from gtcrowd.tasks.available_jobs import offer, offers
from gtcrowd.tasks.earnings import earnings
from gtcrowd.tasks.models import About, Standing
from gtcrowd.theme import navigation

JOBS_SHOWN = 20
MESSAGES_SHOWN = 5


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Redirect to the first entry of the person's header: their work, or the jobs of a member who does not label."""
    return redirect(navigation.links(request)[0].href)


@require_safe
@never_cache
@login_required
def work(request: HttpRequest) -> HttpResponse:
    """Everything the person could work on now, and what they have earned."""
    now = timezone.now()
    found = offers(access.person(request), now=now)
    earned = earnings(access.person(request), now=now)
    facts = {
        "offers": found,
        "any_waiting": len(found) > 1 and any(one.waiting or one.holding for one in found),
        "earned": earned,
        "jobs_earned": earned.by_job[:JOBS_SHOWN],
        "unread": messaging.unread(request.user.pk or 0)[:MESSAGES_SHOWN],
        "person": request.user.pk,
        "texts": texts.of_leftovers(),
        "other_entry": next((link for link in navigation.links(request) if not link.current), None),
        "why": None if found else access.why_no_work(access.person(request)),
    }
    return render(request, "portal/work.html", facts)


@require_safe
@never_cache
@login_required
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """The task at hand, or the offer to begin. Looking never claims."""
    now = timezone.now()
    worker, job_ = access.place(access.person(request), job_id, now=now)
    held = claim.holding(worker=worker, job=job_, now=now)
    facts: dict[str, Any] = {"job": job_, "worker": worker, "examples": examples.of(job_), "person": request.user.pk}
    facts["unread"] = sum(one.job_id == job_id for one in messaging.unread(request.user.pk or 0))
    if held:
        task = payloads.task(held, now=now) | {"draft": drafts.find(held)}
        facts |= {"task": task, "earned": _earned(worker.pk, job_id)}
        facts |= {"texts": texts.of_work(), "settings": _addresses(job_id) | {"person": request.user.pk}}
        facts |= {"keys": {"inForce": shortcuts.of(request.user.pk or 0), "words": shortcuts.words()}}
        facts |= {"abouts": About.choices, "most": messaging.MOST_CHARACTERS}
        return render(request, "portal/task.html", facts)
    facts["texts"] = texts.of_leftovers()
    facts["offer"] = offer(worker, job_, now=now)
    if not facts["offer"].waiting:
        facts["others"] = [
            one for one in offers(access.person(request), now=now) if one.job.pk != job_id and one.waiting
        ]
        facts["earned"] = earnings(access.person(request), now=now)
        facts["earned_here"] = _earned(worker.pk, job_id)["paid"]
    return render(request, "portal/job.html", facts)


@require_safe
@login_required
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where signing in again leads, in a tab of its own, while the work waits in another."""
    return render(request, "portal/signed_in.html")


@require_POST
@login_required
def start(request: HttpRequest, job_id: int) -> HttpResponse:
    """Claim a task, or say why there is none."""
    now = timezone.now()
    worker, job_ = access.place(access.person(request), job_id, now=now)
    try:
        claim.next_assignment(worker=worker, job=job_, now=now)
    except claim.NothingToDo as nothing:
        messages.info(request, nothing.reason)
    return redirect("portal:job", job_id=job_id)


@require_POST
@login_required
def next_job(request: HttpRequest) -> HttpResponse:
    """Begin with the job whose turn it is: of those with a task for this person, by priority, deadline and pay."""
    now = timezone.now()
    for one in offers(access.person(request), now=now):
        if not one.holding and not one.waiting:
            continue
        try:
            claim.next_assignment(worker=one.worker, job=one.job, now=now)
        except claim.NothingToDo:
            continue  # somebody else was quicker
        return redirect("portal:job", job_id=one.job.pk)
    messages.info(request, _("There are no tasks for you at the moment."))
    return redirect("portal:work")


def _earned(worker_id: int, job_id: int) -> dict[str, Any]:
    own = Standing.objects.filter(worker=worker_id, job=job_id).values("paid", "answers").first()
    return dict(own) if own else {"paid": Decimal("0.000"), "answers": 0}


def _addresses(job_id: int) -> dict[str, str]:
    return {
        "submit": reverse("portal:submit", args=[job_id]),
        "moreTime": reverse("portal:more-time", args=[job_id]),
        "draft": reverse("portal:draft", args=[job_id]),
        "outline": reverse("portal:outline", args=[job_id]),
        "inAdvance": reverse("portal:in-advance", args=[job_id]),
        "page": reverse("portal:job", args=[job_id]),
        "report": reverse("portal:report", args=[job_id]),
        "keys": reverse("portal:keys"),
        "signIn": f"{reverse('account_login')}?next={reverse('portal:signed-in')}",
    }
