"""Tasks and receipts as JSON for the work page."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gtcrowd.tasks.answers.gold import Verdict
from gtcrowd.tasks.answers.submit import Receipt
from gtcrowd.tasks.models import Assignment
from gtcrowd.theme.templatetags.amounts import money


def task(assignment: Assignment, *, now: datetime) -> dict[str, Any]:
    """Return the task to show next. The time left is a duration, because the worker's clock may be wrong."""
    return {
        "assignment": assignment.pk,
        "sandbox": reverse("portal:sandbox", args=[assignment.pk]),
        "secondsLeft": round((assignment.expires_at - now).total_seconds(), 1),
        "pays": money(assignment.price),
        "timeLimit": round((assignment.expires_at - assignment.claimed_at).total_seconds()),
    }


def receipt(submitted: Receipt) -> dict[str, Any]:
    return {
        "id": submitted.answer.pk,
        "paid": str(submitted.paid),
        "late": submitted.late,
        "extra": submitted.extra,
        "repeated": submitted.repeated,
        "wrong": submitted.verdict is not None and not submitted.verdict.right,
        "sentence": _sentence(submitted),
    }


def _sentence(submitted: Receipt) -> str:
    paid = {"paid": money(submitted.paid)}
    if submitted.verdict is not None:
        return _verdict(submitted.verdict)
    if submitted.repeated:
        return _("This answer was already received; it counts once.")
    if submitted.extra and submitted.paid:
        return _("Your time was over and another worker took the task. Your answer is kept: %(paid)s earned.") % paid
    if submitted.extra:
        return _("Your time was over and another worker took the task. Your answer is kept, but not paid.")
    if submitted.late:
        return _("Late, but accepted: %(paid)s earned.") % paid
    return _("Answer received: %(paid)s earned.") % paid


def _verdict(verdict: Verdict) -> str:
    if verdict.right:
        return " ".join([_("Correct. This was a gold question."), verdict.explanation]).strip()
    wrong = _("This was a gold question. The right answer is: %(value)s.") % {"value": verdict.value}
    return " ".join([wrong, verdict.explanation]).strip()
