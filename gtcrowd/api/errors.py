"""Every error as application/problem+json (RFC 9457), with each fault naming its field."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from rest_framework import exceptions
from rest_framework.response import Response

from gtcrowd.analytics.quality_report import UnknownVersion
from gtcrowd.identity.origins import OriginsRefused
from gtcrowd.identity.roles import NotAllowed
from gtcrowd.jobs.request import JobRefused
from gtcrowd.jobs.state import NotPossible
from gtcrowd.jobs.store import BadAddress, ObjectMissing
from gtcrowd.kinds import AnswerRefused
from gtcrowd.labels.consolidate import UnknownMethod
from gtcrowd.ledger.hold import InsufficientFunds
from gtcrowd.tasks.answers.gold import GoldRefused
from gtcrowd.tasks.messages import MessageRefused
from gtcrowd.workforce.invite import InviteRefused
from gtcrowd.workforce.setup import TeamRefused

REFUSALS: dict[type[Exception], int] = {
    JobRefused: 422,
    OriginsRefused: 422,
    TeamRefused: 422,
    InviteRefused: 422,
    UnknownMethod: 422,
    InsufficientFunds: 402,
    NotAllowed: 403,
    NotPossible: 409,
    UnknownVersion: 409,
    GoldRefused: 422,
    MessageRefused: 422,
    AnswerRefused: 422,
    BadAddress: 422,
    ObjectMissing: 404,
}
MEDIA_TYPE = "application/problem+json"


class BadParameter(exceptions.APIException):
    """A query parameter cannot be read."""

    status_code = 400

    def __init__(self, name: str, value: object, problem: str) -> None:
        self.faults = [{"field": name, "value": value, "problem": problem}]
        super().__init__(f"{name}: {problem}")


def answer(error: Exception, context: dict[str, Any]) -> Response | JsonResponse | None:
    """The problem for an exception, or None for one that nobody expected."""
    for refusal, status in REFUSALS.items():
        if isinstance(error, refusal):
            return problem(status, str(error), faults=_faults(error))
    if isinstance(error, Http404):
        return problem(404, _("The resource does not exist or belongs to another requester."))
    if isinstance(error, PermissionDenied):
        return problem(403, str(error) or _("You do not have permission for this action."))
    if isinstance(error, exceptions.APIException):
        headers = (
            {"Retry-After": str(int(getattr(error, "wait", None) or 1))}
            if isinstance(error, exceptions.Throttled)
            else {}
        )
        if getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
        return problem(error.status_code, _text(error.detail), faults=getattr(error, "faults", None), headers=headers)
    return None


def problem(
    status: int,
    detail: str,
    *,
    faults: list[dict[str, Any]] | None = None,
    headers: dict[str, str] | None = None,
) -> JsonResponse:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if faults:
        body["faults"] = faults
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, headers=headers)


class EveryError:
    """Make a problem of every other error under /api/: unknown addresses, and refusals before any view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_error = response.status_code >= HTTPStatus.BAD_REQUEST
        if not request.path.startswith("/api/") or not is_error or response.get("Content-Type") == MEDIA_TYPE:
            return response
        detail = str(DETAILS.get(response.status_code, ""))
        answered = problem(response.status_code, detail or HTTPStatus(response.status_code).phrase)
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in response:
                answered[name] = response[name]
        return answered


DETAILS = {
    400: _later("The request is malformed."),
    404: _later("The resource does not exist or belongs to another requester."),
    500: _later("The service failed. The error was logged."),
}


def _faults(error: Exception) -> list[dict[str, Any]] | None:
    for refusal, tell in TELLING.items():
        if isinstance(error, refusal):
            return tell(error)
    return None


TELLING: dict[type[Exception], Callable[[Any], list[dict[str, Any]]]] = {
    JobRefused: lambda e: [{"field": f.field, "value": _plain(f.value), "problem": f.problem} for f in e.faults],
    OriginsRefused: lambda e: [
        {"field": "script_origins", "value": _plain(value), "problem": text} for value, text in e.faults
    ],
    InviteRefused: lambda e: [{"field": "emails", "value": address, "problem": text} for address, text in e.faults],
    GoldRefused: lambda e: [{"field": f"[{position}]", "problem": text} for position, text in e.faults],
    MessageRefused: lambda e: [{"field": e.field, "problem": str(e)}],
    TeamRefused: lambda e: [{"field": e.field, "problem": str(e)}],
    UnknownMethod: lambda e: [{"field": "method", "value": e.name, "problem": str(e)}],
    AnswerRefused: lambda e: [{"field": e.field, "value": _plain(e.value), "problem": e.expected}],
}
"""The faults of each refusal in the problem document; refusals without faults have only their sentence."""


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | list | dict | type(None)) else str(value)


def _text(detail: Any) -> str:
    if isinstance(detail, dict):
        return "; ".join(f"{name}: {_text(detail_)}" for name, detail_ in detail.items())
    if isinstance(detail, list):
        return "; ".join(_text(detail_) for detail_ in detail)
    return str(detail)
