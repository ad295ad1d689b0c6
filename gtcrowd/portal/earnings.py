"""What a worker earned, by day and job, and each of their own answers."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gtcrowd.analytics import previews
from gtcrowd.portal import access
from gtcrowd.tasks.answers import earnings
from gtcrowd.tasks.models import Answer

ANSWERS_SHOWN = 50


@require_safe
@never_cache
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """List earnings by day and job, with links to the answers."""
    user, until = access.person(request), _day(request.GET.get("until", ""))
    context = {
        "earned": earnings.earnings(user, now=timezone.now()),
        "statement": earnings.statement(user, until=until),
        "until": until,
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "portal/earnings.html", context)


@require_safe
@never_cache
@login_required
def answers(request: HttpRequest, job_id: int, day: str) -> HttpResponse:
    """List the worker's answers to a job on one day, latest first."""
    on = _day(day)
    if on is None:
        raise Http404
    own = earnings.answers_of_day(access.person(request), job=job_id, day=on).select_related("job__requester")
    number = request.GET.get("before", "")
    if number.isdecimal() and len(number) < 19:
        last = get_object_or_404(own, pk=int(number))
        own = own.filter(Q(submitted_at__lt=last.submitted_at) | Q(submitted_at=last.submitted_at, pk__lt=last.pk))
    rows = list(own[: ANSWERS_SHOWN + 1])
    if not rows:
        raise Http404
    context = {
        "day": on,
        "job": rows[0].job,
        "answers": rows[:ANSWERS_SHOWN],
        "more": rows[ANSWERS_SHOWN - 1].pk if len(rows) > ANSWERS_SHOWN else None,
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "portal/answers.html", context)


@require_safe
@never_cache
@login_required
def answer(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Show one of the worker's own answers with its object."""
    own = Answer.objects.filter(worker__user=access.person(request))
    shown: Answer = get_object_or_404(own.select_related("job__requester", "task__data_object", "worker"), pk=answer_id)
    job = shown.job
    preview = previews.of(job, shown.task.data_object.line, shown.value, buckets=previews.buckets(job))
    day = timezone.localtime(shown.submitted_at).date()
    zone = timezone.get_current_timezone_name()
    context = {"answer": shown, "job": job, "preview": preview, "day": day.isoformat(), "zone": zone}
    return render(request, "portal/answer.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
