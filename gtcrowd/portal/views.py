"""The worker's pages: translate, call one use case, translate back."""

import json
from datetime import datetime
from typing import Any

from csp.decorators import csp_replace
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gtcrowd import kinds
from gtcrowd.identity.access import viewer_of
from gtcrowd.jobs.models import Job
from gtcrowd.portal import pages
from gtcrowd.tasks import claim, earnings, leave, offers, submit
from gtcrowd.tasks.models import Assignment
from gtcrowd.workforce import join
from gtcrowd.workforce.models import Team, Worker


def start(request: HttpRequest) -> HttpResponse:
    """The first page: where a person's work is."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    is_worker = Worker.objects.of_person(request.user.pk).exists()
    return redirect("console:jobs" if viewer_of(request) and not is_worker else "portal:work")


@login_required
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    shown = {
        "offers": offers.offers(request.user, now=now),  # type: ignore[arg-type]
        "earned": earnings.earnings(request.user, now=now),  # type: ignore[arg-type]
        "is_worker": Worker.objects.of_person(request.user.pk or 0).exists(),
    }
    return render(request, "portal/work.html", shown)


@login_required
@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """The work page. Looking never claims: it shows the task that is held, or offers to start."""
    now = timezone.now()
    asked, worker = _place(request, pk)
    held = claim.holding(worker=worker, job=asked, now=now)
    shown = {
        "job": asked,
        "offer": offers.offer(worker, asked, now=now),
        "state": _state(held, now) if held else None,
        "good_example": _example(asked, "good_example"),
        "bad_example": _example(asked, "bad_example"),
        "addresses": {
            "submit": reverse("portal:submit", args=[pk]),
            "leave": reverse("portal:leave", args=[pk]),
            "work": reverse("portal:work"),
            "signIn": f"{reverse('account_login')}?next={request.path}",
        },
    }
    return render(request, "portal/job.html", shown)


@login_required
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    asked, worker = _place(request, pk)
    try:
        claim.next_assignment(worker=worker, job=asked, now=timezone.now())
    except claim.NothingToDo as nothing:
        return render(request, "portal/nothing.html", {"job": asked, "reason": nothing.reason})
    return redirect("portal:job", pk=pk)


@login_required
@require_POST
def hand_in(request: HttpRequest, pk: int) -> JsonResponse:
    """Take an answer, and claim the next task in the same request."""
    now = timezone.now()
    asked, worker = _place(request, pk)
    sent = _json(request)
    own = Assignment.objects.filter(worker=worker, job=asked).select_related("task")
    assignment = get_object_or_404(own, pk=_number(sent.get("assignment")))
    assignment.job = asked
    try:
        receipt = submit.submit(
            assignment=assignment,
            content=sent.get("content") or {},
            active_seconds=sent.get("activeSeconds") if isinstance(sent.get("activeSeconds"), int | float) else None,
            now=now,
        )
    except kinds.AnswerRefused as refused:
        return JsonResponse({"problem": str(refused)}, status=422)
    except (submit.AlreadyAnswered, submit.AssignmentEnded) as refused:
        return JsonResponse({"problem": str(refused), **_next(worker, asked, now)}, status=409)
    told = {"paid": str(receipt.paid), "note": _note(receipt), "assignment": assignment.pk}
    return JsonResponse({"receipt": told, **_next(worker, asked, now)})


@login_required
@require_POST
def give_up(request: HttpRequest, pk: int) -> JsonResponse:
    """Return or decline the task; after declining, the next one is claimed."""
    now = timezone.now()
    asked, worker = _place(request, pk)
    sent = _json(request)
    assignment = get_object_or_404(Assignment, worker=worker, job=asked, pk=_number(sent.get("assignment")))
    reason = str(sent.get("reason") or "")
    if sent.get("how") == "decline":
        leave.decline(assignment=assignment, reason=reason, now=now)
        return JsonResponse(_next(worker, asked, now))
    leave.give_back(assignment=assignment, reason=reason, now=now)
    return JsonResponse({"next": None, "over": _("You have given the task back.")})


@login_required
@require_GET
@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]  # its type knows no further arguments
    {
        # The page may come from a requester's template: it gets scripts and pictures, and no way to call out.
        "sandbox": ["allow-scripts", "allow-forms"],
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "https:"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'self'"],
    }
)
def frame(request: HttpRequest, pk: int) -> HttpResponse:
    own = Assignment.objects.filter(worker__in=Worker.objects.of_person(request.user.pk or 0))
    assignment = get_object_or_404(own.select_related("job", "task__data_object"), pk=pk)
    response = render(request, "portal/frame.html", {"task": pages.render(assignment)})
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation's link."""
    now = timezone.now()
    try:
        invitation = join.invitation(token, now=now)
        if request.method == "GET":
            return render(request, "portal/join.html", {"invited": invitation.user})
        faults = _accept_faults(request.POST.get("password", ""), request.POST.get("again", ""))
        if not faults:
            user = join.accept(token, password=request.POST["password"], name=request.POST.get("name", ""), now=now)
            login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
            return redirect("portal:start")
    except join.InvitationRefused as refused:
        return render(request, "portal/join_refused.html", {"reason": str(refused)}, status=410)
    except ValidationError as weak:
        faults = list(weak.messages)
    shown = {"invited": invitation.user, "faults": faults, "name": request.POST.get("name", "")}
    return render(request, "portal/join.html", shown, status=422)


def _accept_faults(password: str, again: str) -> list[str]:
    return [] if password == again else [_("The two passwords are not the same.")]


def _place(request: HttpRequest, pk: int) -> tuple[Job, Worker]:
    """The job and this person's place in its workforce; 404 unless it was given to a team of theirs."""
    person = request.user.pk or 0
    jobs = Job.objects.filter(team__in=Team.objects.of_person(person)).select_related("requester", "team")
    asked: Job = get_object_or_404(jobs, pk=pk)
    worker = get_object_or_404(Worker.objects.of_person(person), workforce=asked.team.workforce_id)
    return asked, worker


def _next(worker: Worker, asked: Job, now: datetime) -> dict[str, Any]:
    try:
        return {"next": _state(claim.next_assignment(worker=worker, job=asked, now=now), now)}
    except claim.NothingToDo as nothing:
        return {"next": None, "over": nothing.reason}


def _state(held: Assignment, now: datetime) -> dict[str, Any]:
    """What the page needs to show a task."""
    return {
        "assignment": held.pk,
        "frame": reverse("portal:frame", args=[held.pk]),
        "secondsLeft": max(0, round((held.expires_at - now).total_seconds())),
    }


def _note(receipt: submit.Receipt) -> str:
    if receipt.surplus and receipt.paid:
        return _("Your time was over and somebody else had taken the task. Your answer is kept and paid.")
    if receipt.surplus:
        return _(
            "Your time was over and somebody else had the task. Your answer is kept, but this job does not pay it."
        )
    if receipt.late:
        return _("A little late, but in time: nobody had taken the task.")
    return ""


def _example(asked: Job, name: str) -> dict[str, str]:
    text = asked.instructions.get(name, "")
    if text.startswith("s3://"):
        return {"picture": pages.object_address(text, requester_id=asked.requester_id)}
    return {"text": text} if text else {}


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        sent = json.loads(request.body)
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
