"""Hand in an answer or leave a task; both say what comes next."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gtcrowd import kinds
from gtcrowd.portal import access, payloads
from gtcrowd.tasks import claim, drafts, extend_lease, release, shortcuts
from gtcrowd.tasks import submit as submitting
from gtcrowd.tasks.models import Assignment, AssignmentState
from gtcrowd.theme.templatetags.amounts import duration

View = Callable[..., JsonResponse]
MOST_ANSWER = 28_000_000
"""Bytes of an answer: a mask of a large picture is more than any other request may be."""
LEAVING = {"return": release.give_back, "decline": release.decline}


def told_in_json(view: View) -> View:
    """A script is told in JSON what a person would be told by a page."""

    @wraps(view)
    def telling(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        if not request.user.is_authenticated:
            return problem(_("You are signed out."), status=401)
        try:
            return view(request, *args, **kwargs)
        except Http404:
            return problem(_("This task is not yours."), status=404)

    return telling


@require_POST
@told_in_json
def submit(request: HttpRequest, job_id: int) -> JsonResponse:
    """Take in an answer; the reply holds the receipt and, unless `more` is false, a next task."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_ANSWER:
        return problem(_("The answer is too large. The limit is %(most)s bytes.") % {"most": MOST_ANSWER}, status=413)
    given = read_json(request.read())
    if given is None:
        return problem(_("The answer must be JSON with `assignment` and `content`."), status=400)
    assignment = access.own_assignment(access.person(request), given["assignment"], job=job_id)
    if given.get("at") is not None:
        given["at"] = access.own_assignment(access.person(request), given["at"], job=job_id)
    try:
        receipt = submitting.submit(
            assignment=assignment,
            content=given["content"],
            active_seconds=_seconds(given.get("activeSeconds")),
            now=timezone.now(),
        )
    except kinds.AnswerRefused as refused:
        return problem(str(refused), status=422, field=refused.field, expected=refused.expected)
    except (submitting.AlreadyAnswered, submitting.AssignmentEnded) as refused:
        return problem(str(refused), status=409, **_next(request, assignment, given))
    return JsonResponse({"receipt": payloads.receipt(receipt), **_next(request, assignment, given)})


@require_POST
@told_in_json
def more_time(request: HttpRequest, job_id: int) -> JsonResponse:
    """Let the time limit of the task at hand begin anew; the reply holds the seconds left."""
    now = timezone.now()
    assignment = access.own_assignment(access.person(request), _asked(request), job=job_id)
    try:
        until = extend_lease.extend(assignment=assignment, now=now)
    except extend_lease.NotExtended as refused:
        return problem(str(refused), status=409)
    return JsonResponse({"secondsLeft": round((until - now).total_seconds(), 1)})


@require_POST
@told_in_json
def in_advance(request: HttpRequest, job_id: int) -> JsonResponse:
    """Keep the task after the one at hand for a while, so that it can be loaded already; 404 where there is none."""
    now = timezone.now()
    held = access.own_assignment(access.person(request), _asked(request), job=job_id)
    try:
        return JsonResponse(
            {"next": payloads.task(claim.in_advance(worker=held.worker, job=held.job, now=now), now=now)}
        )
    except claim.NothingToDo as nothing:
        return JsonResponse({"next": None, "reason": nothing.reason})


@require_POST
@told_in_json
def draft(request: HttpRequest, job_id: int) -> JsonResponse:
    """Keep what the worker has done so far, to be put before them again if the page is lost."""
    given = read_json(request.body, wanted="state")
    if given is None:
        return problem(_("The draft must be JSON with `assignment` and `state`."), status=400)
    assignment = access.own_assignment(access.person(request), given["assignment"], job=job_id)
    try:
        kept = drafts.keep(assignment, given["state"], now=timezone.now())
    except drafts.NotKept:
        return problem(_("This draft is too large to save on the server; it is saved in this browser."), status=413)
    return JsonResponse({"kept": kept})


@require_POST
@login_required
def leave_task(request: HttpRequest, job_id: int) -> HttpResponse:
    """Return the task or decline it, with or without a reason, and stop there."""
    how = LEAVING.get(request.POST.get("how", ""))
    if how is None:
        raise Http404
    assignment = access.own_assignment(access.person(request), request.POST.get("assignment"), job=job_id)
    left = how(assignment=assignment, reason=request.POST.get("reason", "").strip(), now=timezone.now())
    if not left:
        messages.info(request, _("You have already left this task."))
    elif how is release.decline:
        messages.success(request, _("Task declined. You will not get it again."))
    else:
        messages.success(request, _("Task returned. It does not count against you."))
    return redirect("portal:job", job_id=job_id)


@require_POST
@login_required
def stop(request: HttpRequest, job_id: int) -> HttpResponse:
    """Leave the work for later: the page has sent its draft before, and the task waits while its time lasts."""
    now = timezone.now()
    assignment = access.own_assignment(access.person(request), request.POST.get("assignment"), job=job_id)
    left = (assignment.expires_at - now).total_seconds()
    if assignment.state == AssignmentState.LIVE and left > 0:
        messages.success(
            request,
            _("Your work is saved. You have %(time)s left; choose “Continue” to return to the task.")
            % {"time": duration(left)},
        )
    else:
        messages.info(request, _("The task's time limit is over."))
    return redirect("portal:work")


@require_POST
@told_in_json
def keys(request: HttpRequest) -> JsonResponse:
    """Change one of the person's shortcuts, or with `reset` none has another key; the reply holds those in force."""
    user = access.person(request)
    try:
        given = json.loads(request.body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        return problem(_("The shortcut must be JSON with `name` and `key`."), status=400)
    if given.get("reset") is True:
        return JsonResponse({"keys": shortcuts.reset(user_id=user.pk)})
    try:
        return JsonResponse({"keys": shortcuts.change(user_id=user.pk, name=given.get("name"), key=given.get("key"))})
    except shortcuts.KeyRefused as refused:
        return problem(str(refused), status=422)


def _next(request: HttpRequest, done: Assignment, given: dict[str, Any]) -> dict[str, Any]:
    """The next task of the job, or where to go when there is none or no more are wanted.

    `at` in what was given: the page could not wait for this reply, and shows the task that it had fetched in advance.
    That one becomes the one at hand, if nobody took it since.
    """
    now = timezone.now()
    if given.get("at") is not None:
        begun = claim.begin(given["at"], now=now)
        return {"next": payloads.task(begun, now=now) if begun else None, "at": given["at"].pk}
    if given.get("more") is False:
        return {"next": None, "go": reverse("portal:work")}
    try:
        return {"next": payloads.task(claim.next_assignment(worker=done.worker, job=done.job, now=now), now=now)}
    except claim.NothingToDo as nothing:
        messages.info(request, nothing.reason)
        return {"next": None, "go": reverse("portal:job", args=[done.job_id])}


def _asked(request: HttpRequest) -> Any:
    """The assignment that the body, JSON or a form, names."""
    if request.content_type != "application/json":
        return request.POST.get("assignment")
    try:
        given = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return given.get("assignment") if isinstance(given, dict) else None


def read_json(body: bytes, wanted: str = "content") -> dict[str, Any] | None:
    if b"\\u0000" in body:  # the database cannot keep this character
        return None
    try:
        given = json.loads(body, parse_constant=_not_json)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict) or not isinstance(given.get(wanted), dict) or "assignment" not in given:
        return None
    return given


def _not_json(constant: str) -> None:
    """`NaN` and `Infinity`, which Python reads though they are not JSON."""
    raise ValueError(constant)


def _seconds(given: Any) -> float | None:
    """The page's own measure, if it is a number; how far to believe it is for gtcrowd.tasks to say."""
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    return float(given) if is_number and 0 <= given < float("inf") else None


def problem(sentence: str, *, status: int, **more: Any) -> JsonResponse:
    return JsonResponse({"problem": sentence, **more}, status=status)
