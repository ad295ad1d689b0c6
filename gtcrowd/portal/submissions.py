"""Submit an answer or leave a task; the reply contains the next task."""

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
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import drafts, shortcuts, submit
from gtcrowd.tasks.lifecycle import extend_lease, release
from gtcrowd.tasks.models import Assignment, AssignmentState
from gtcrowd.theme.templatetags.amounts import duration

View = Callable[..., JsonResponse]
MOST_ANSWER = 28_000_000
"""Bytes of an answer: a mask of a large picture is more than any other request may be."""
LEAVING = {"return": release.give_back, "decline": release.decline}


def json_errors(view: View) -> View:
    """Report errors as JSON, for views that scripts call."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        if not request.user.is_authenticated:
            return problem(_("You are signed out."), status=401)
        try:
            return view(request, *args, **kwargs)
        except Http404:
            return problem(_("This task is not yours."), status=404)

    return wrapped


@require_POST
@json_errors
def submit_answer(request: HttpRequest, job_id: int) -> JsonResponse:
    """Submit an answer. The reply holds the receipt and, unless `more` is false, the next task."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_ANSWER:
        return problem(_("The answer is too large. The limit is %(most)s bytes.") % {"most": MOST_ANSWER}, status=413)
    payload = read_json(request.read())
    if payload is None:
        return problem(_("The answer must be JSON with `assignment` and `content`."), status=400)
    assignment = access.own_assignment(access.person(request), payload["assignment"], job=job_id)
    if payload.get("at") is not None:
        payload["at"] = access.own_assignment(access.person(request), payload["at"], job=job_id)
    try:
        receipt = submit.submit(
            assignment=assignment,
            content=payload["content"],
            active_seconds=_seconds(payload.get("activeSeconds")),
            now=timezone.now(),
        )
    except kinds.AnswerRefused as refused:
        return problem(str(refused), status=422, field=refused.field, expected=refused.expected)
    except (submit.AlreadyAnswered, submit.AssignmentEnded) as refused:
        return problem(str(refused), status=409, **_next(request, assignment, payload))
    return JsonResponse({"receipt": payloads.receipt(receipt), **_next(request, assignment, payload)})


@require_POST
@json_errors
def more_time(request: HttpRequest, job_id: int) -> JsonResponse:
    """Restart the time limit of the current task. The reply holds the seconds left."""
    now = timezone.now()
    assignment = access.own_assignment(access.person(request), _assignment_id(request), job=job_id)
    try:
        until = extend_lease.extend(assignment=assignment, now=now)
    except extend_lease.NotExtended as refused:
        return problem(str(refused), status=409)
    return JsonResponse({"secondsLeft": round((until - now).total_seconds(), 1)})


@require_POST
@json_errors
def in_advance(request: HttpRequest, job_id: int) -> JsonResponse:
    """Reserve the next task for a while, so that it can be loaded in advance; null if there is none."""
    now = timezone.now()
    assignment = access.own_assignment(access.person(request), _assignment_id(request), job=job_id)
    try:
        return JsonResponse(
            {"next": payloads.task(claim.in_advance(worker=assignment.worker, job=assignment.job, now=now), now=now)}
        )
    except claim.NothingToDo as nothing:
        return JsonResponse({"next": None, "reason": nothing.reason})


@require_POST
@json_errors
def draft(request: HttpRequest, job_id: int) -> JsonResponse:
    """Save work in progress, to be restored when the page is loaded again."""
    payload = read_json(request.body, required="state")
    if payload is None:
        return problem(_("The draft must be JSON with `assignment` and `state`."), status=400)
    assignment = access.own_assignment(access.person(request), payload["assignment"], job=job_id)
    try:
        saved = drafts.keep(assignment, payload["state"], now=timezone.now())
    except drafts.NotKept:
        return problem(_("This draft is too large to save on the server; it is saved in this browser."), status=413)
    return JsonResponse({"kept": saved})


@require_POST
@login_required
def leave_task(request: HttpRequest, job_id: int) -> HttpResponse:
    """Return or decline the task, with an optional reason, and stop working on the job."""
    how = LEAVING.get(request.POST.get("how", ""))
    if how is None:
        raise Http404
    assignment = access.own_assignment(access.person(request), request.POST.get("assignment"), job=job_id)
    reason, now = request.POST.get("reason", "").strip(), timezone.now()
    unseen = request.POST.get("unseen") == "1"
    if unseen:
        left = release.give_back(assignment=assignment, reason=reason, unseen=True, now=now)
    else:
        left = how(assignment=assignment, reason=reason, now=now)
    if not left:
        messages.info(request, _("You have already left this task."))
    elif unseen:
        messages.success(request, _("Task returned because it could not be shown. You will not get it again."))
    elif how is release.decline:
        messages.success(request, _("Task declined. You will not get it again."))
    else:
        messages.success(request, _("Task returned. It does not count against you."))
    return redirect("portal:job", job_id=job_id)


@require_POST
@login_required
def stop(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop working for now. The page has sent its draft before; the task stays assigned until its time limit."""
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
        messages.info(request, _("The time limit of the task is over."))
    return redirect("portal:work")


@require_POST
@json_errors
def keys(request: HttpRequest) -> JsonResponse:
    """Change one of the user's shortcuts, or with `reset` restore the defaults. The reply holds all current keys."""
    user = access.person(request)
    try:
        payload = json.loads(request.body)
    except (ValueError, RecursionError):
        payload = None
    if not isinstance(payload, dict):
        return problem(_("The shortcut must be JSON with `name` and `key`."), status=400)
    if payload.get("reset") is True:
        return JsonResponse({"keys": shortcuts.reset(user_id=user.pk)})
    try:
        return JsonResponse(
            {"keys": shortcuts.change(user_id=user.pk, name=payload.get("name"), key=payload.get("key"))}
        )
    except shortcuts.KeyRefused as refused:
        return problem(str(refused), status=422)


def _next(request: HttpRequest, assignment: Assignment, payload: dict[str, Any]) -> dict[str, Any]:
    """Return the next task of the job, or where to go if there is none or the worker wants none.

    `at` in the payload: the page was offline and already shows the task it had loaded in advance. That task becomes
    the current one, unless another worker has taken it.
    """
    now = timezone.now()
    if payload.get("at") is not None:
        next_task = claim.begin(payload["at"], now=now)
        return {"next": payloads.task(next_task, now=now) if next_task else None, "at": payload["at"].pk}
    if payload.get("more") is False:
        return {"next": None, "go": reverse("portal:work")}
    try:
        return {
            "next": payloads.task(claim.next_assignment(worker=assignment.worker, job=assignment.job, now=now), now=now)
        }
    except claim.NothingToDo as nothing:
        messages.info(request, nothing.reason)
        return {"next": None, "go": reverse("portal:job", args=[assignment.job_id])}


def _assignment_id(request: HttpRequest) -> Any:
    """Return the id of the assignment in the body, JSON or form data."""
    if request.content_type != "application/json":
        return request.POST.get("assignment")
    try:
        payload = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return payload.get("assignment") if isinstance(payload, dict) else None


def read_json(body: bytes, required: str = "content") -> dict[str, Any] | None:
    if b"\\u0000" in body:  # the database cannot keep this character
        return None
    try:
        payload = json.loads(body, parse_constant=_not_json)
    except (ValueError, RecursionError):
        return None
    if not isinstance(payload, dict) or not isinstance(payload.get(required), dict) or "assignment" not in payload:
        return None
    return payload


def _not_json(constant: str) -> None:
    """Reject `NaN` and `Infinity`, which Python accepts although they are not JSON."""
    raise ValueError(constant)


def _seconds(payload: Any) -> float | None:
    """Return the active time that the page measured, if it is a valid number; gtcrowd.tasks decides about trust."""
    is_number = isinstance(payload, int | float) and not isinstance(payload, bool)
    return float(payload) if is_number and 0 <= payload < float("inf") else None


def problem(sentence: str, *, status: int, **more: Any) -> JsonResponse:
    return JsonResponse({"problem": sentence, **more}, status=status)
