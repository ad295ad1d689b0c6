"""The page of a vendor's managers: their own people, and the jobs of their teams."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from gtcrowd.console import lists
from gtcrowd.jobs.models import Job
from gtcrowd.workforce.models import Worker, Workforce

JOBS_SHOWN = 50


@login_required
@require_GET
def vendor(request: HttpRequest) -> HttpResponse:
    """List the people and the newest jobs of the workforces that the person manages; 403 for everyone else."""
    workforces = list(Workforce.objects.managed_by(request.user.pk or 0).order_by("name"))
    if not workforces:
        raise PermissionDenied
    query = lists.search_text(request)
    people = Worker.objects.managed_by(request.user.pk or 0).select_related("user", "workforce")
    if query:
        people = people.filter(user__name__icontains=query) | people.filter(user__email__icontains=query)
    page = lists.page(request, people.prefetch_related("teams"), order=("user__name", "pk"))
    jobs = Job.objects.filter(team__workforce__in=workforces).select_related("requester", "team", "counters")
    context = {
        "workforces": workforces,
        "workers": page.rows,
        "page": page,
        "query": query,
        "jobs": jobs.order_by("-created_at", "-pk")[:JOBS_SHOWN],
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "console/vendor.html", context)
