"""What the work page is told about a task and about an answer, as JSON."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gtcrowd.tasks.gold import Verdict
from gtcrowd.tasks.models import Assignment
from gtcrowd.tasks.submit import Receipt
from gtcrowd.theme.templatetags.amounts import money


def task(assignment: Assignment, *, now: datetime) -> dict[str, Any]:
    """The task to show next. Time left is a duration: the worker's clock may be wrong."""
    return {
        "assignment": assignment.pk,
        "sandbox": reverse("portal:sandbox", args=[assignment.pk]),
        "secondsLeft": round((assignment.expires_at - now).total_seconds(), 1),
        "pays": money(assignment.price),
        "timeLimit": round((assignment.expires_at - assignment.claimed_at).total_seconds()),
    }


def receipt(given: Receipt) -> dict[str, Any]:
    return {
        "id": given.answer.pk,
        "paid": str(given.paid),
        "late": given.late,
        "surplus": given.surplus,
        "repeated": given.repeated,
        "wrong": given.verdict is not None and not given.verdict.right,
        "sentence": _sentence(given),
    }


def _sentence(given: Receipt) -> str:
    paid = {"paid": money(given.paid)}
    if given.verdict is not None:
        return _told(given.verdict)
    if given.repeated:
        return _("This answer was already received; it counts once.")
    if given.surplus and given.paid:
        return _("Your time was over and another worker took the task. Your answer is kept: %(paid)s earned.") % paid
    if given.surplus:
        return _("Your time was over and another worker took the task. Your answer is kept, but not paid.")
    if given.late:
        return _("Late, but accepted: %(paid)s earned.") % paid
    return _("Answer received: %(paid)s earned.") % paid


def _told(verdict: Verdict) -> str:
    if verdict.right:
        return " ".join([_("Correct. This was a gold question."), verdict.explanation]).strip()
    wrong = _("This was a gold question. The right answer is: %(value)s.") % {"value": verdict.value}
    return " ".join([wrong, verdict.explanation]).strip()
