"""Outline a thing in the picture of one's own task, from four points."""

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
from gtcrowd.portal.submissions import problem, told_in_json
from gtcrowd.tasks.models import Assignment, AssignmentState
from gtcrowd.workpage import rendering, segment

MOST_BYTES = 10_000
MOST_A_MINUTE = 30
"""Outlines of one worker: nobody clicks faster, and each costs a good part of a second."""
PATIENCE_SECONDS = 10
_one_at_a_time = threading.BoundedSemaphore(1)
"""A large picture unpacked takes hundreds of megabytes; a second one waits."""


class _Refused(Exception):
    def __init__(self, sentence: str, status: int) -> None:
        self.sentence, self.status = sentence, status
        super().__init__(sentence)


@require_POST
@told_in_json
def outline(request: HttpRequest, job_id: int) -> JsonResponse:
    """The pixels between four points of a picture that the page of one's own live task shows."""
    try:
        given = _read(request)
        assignment = access.own_assignment(access.person(request), given["assignment"], job=job_id)
        if assignment.state != AssignmentState.LIVE:
            raise _Refused(_("This task is no longer yours."), 409)
        uri = _shown(given["address"], assignment)
        _count(assignment.worker_id)
        return JsonResponse(asdict(_outline(uri, given)))
    except _Refused as refused:
        return problem(refused.sentence, status=refused.status)
    except segment.NotOutlined as refused:
        return problem(str(refused), status=422)


def _outline(uri: str, given: dict[str, Any]) -> segment.Outline:
    if not _one_at_a_time.acquire(timeout=PATIENCE_SECONDS):
        raise _Refused(_("The service is busy with other outlines. Try again in a moment."), 429)
    try:
        with store.store().open(uri) as file:
            points = np.array(given["points"])
            return segment.outline(file, points=points, width=given["width"], height=given["height"])
    except (store.ObjectMissing, store.BadAddress) as missing:
        raise _Refused(_("The object is missing."), 422) from missing
    finally:
        _one_at_a_time.release()


def _shown(address: str, assignment: Assignment) -> str:
    """The object behind a signed address, if it is one that the page of this task was given; nothing else is opened."""
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


def _count(worker_id: int) -> None:
    """Counts the asking. Two at the same moment may count as one, which does no harm."""
    key = f"outlines-{worker_id}"
    if cache.add(key, 1, timeout=60):
        return
    try:
        often = cache.incr(key) > MOST_A_MINUTE
    except ValueError:  # the minute ended in between
        often = False
    if often:
        raise _Refused(_("Too many outlines. Wait a minute, or draw by hand."), 429)


def _read(request: HttpRequest) -> dict[str, Any]:
    """What is asked, if its shape is right: {assignment, address, points: four of [x, y], width, height}."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise ValueError
        given = json.loads(request.body)
        points = [[float(x), float(y)] for x, y in given["points"]]
        asked = {name: given[name] for name in ("assignment", "address", "width", "height")}
        whole = all(type(asked[name]) is int and 0 < asked[name] < 1 << 31 for name in ("width", "height"))
        if len(points) != 4 or not np.isfinite(points).all() or not isinstance(asked["address"], str) or not whole:
            raise ValueError
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _Refused(_("The request is invalid."), 400) from error
    return {**asked, "points": points}
