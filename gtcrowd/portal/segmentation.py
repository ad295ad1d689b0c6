"""Outline an object in the picture of one's own task, from four extreme points."""

import json
import re
import threading
from dataclasses import asdict
from typing import Any

import numpy as np
from django.core.cache import cache
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gtcrowd.jobs import signed, store
from gtcrowd.portal import access
from gtcrowd.portal.submissions import json_errors, problem
from gtcrowd.tasks.models import Assignment, AssignmentState
from gtcrowd.workpage import rendering, segment

MOST_BYTES = 10_000
MOST_A_MINUTE = 30
"""Outlines per worker and minute: nobody clicks faster, and each costs a good part of a second."""
PATIENCE_SECONDS = 10
_one_at_a_time = threading.BoundedSemaphore(1)
"""A decoded large picture takes hundreds of megabytes; others wait."""


class _Refused(Exception):
    def __init__(self, sentence: str, status: int) -> None:
        self.sentence, self.status = sentence, status
        super().__init__(sentence)


@require_POST
@json_errors
def outline(request: HttpRequest, job_id: int) -> JsonResponse:
    """Return the pixels of the object between four points of a picture in one's own live task."""
    try:
        question = _read(request)
        assignment = access.own_assignment(access.person(request), question["assignment"], job=job_id)
        if assignment.state != AssignmentState.LIVE:
            raise _Refused(_("This task is no longer yours."), 409)
        uri = _granted_uri(question["address"], assignment)
        _limit_rate(assignment.worker_id)
        return JsonResponse(asdict(_outline(uri, question)))
    except _Refused as refused:
        return problem(refused.sentence, status=refused.status)
    except segment.NotOutlined as refused:
        return problem(str(refused), status=422)


def _outline(uri: str, question: dict[str, Any]) -> segment.Outline:
    if not _one_at_a_time.acquire(timeout=PATIENCE_SECONDS):
        raise _Refused(_("The service is busy with other outlines. Try again in a moment."), 429)
    try:
        with store.store().open(uri) as file:
            points = np.array(question["points"])
            return segment.outline(file, points=points, width=question["width"], height=question["height"])
    except (store.ObjectMissing, store.BadAddress) as missing:
        raise _Refused(_("The object is missing."), 422) from missing
    finally:
        _one_at_a_time.release()


def _granted_uri(address: str, assignment: Assignment) -> str:
    """Return the object behind a signed address, if the page of this task was granted access to it."""
    token = re.fullmatch(rf"{re.escape(signed.root())}([^/]+)/", address)
    try:
        uri = signed.uri(token[1]) if token else ""
        if uri in rendering.render(assignment).objects:
            return uri
    except signed.Expired as error:
        raise _Refused(_("This address has expired. Load the task again."), 422) from error
    except (signed.Forged, rendering.LiquidError):
        pass
    raise _Refused(_("This picture is not part of your task."), 422)


def _limit_rate(worker_id: int) -> None:
    """Count a request, and refuse too many. Two simultaneous requests may count as one, which is harmless."""
    key = f"outlines-{worker_id}"
    if cache.add(key, 1, timeout=60):
        return
    try:
        exceeded = cache.incr(key) > MOST_A_MINUTE
    except ValueError:  # the minute ended in between
        exceeded = False
    if exceeded:
        raise _Refused(_("Too many outlines. Wait a minute, or draw by hand."), 429)


def _read(request: HttpRequest) -> dict[str, Any]:
    """Parse the request: {assignment, address, points: four of [x, y], width, height}."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise ValueError
        question = json.loads(request.body)
        points = [[float(x), float(y)] for x, y in question["points"]]
        fields = {name: question[name] for name in ("assignment", "address", "width", "height")}
        valid = all(type(fields[name]) is int and 0 < fields[name] < 1 << 31 for name in ("width", "height"))
        if len(points) != 4 or not np.isfinite(points).all() or not isinstance(fields["address"], str) or not valid:
            raise ValueError
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _Refused(_("The request is invalid."), 400) from error
    return {**fields, "points": points}
