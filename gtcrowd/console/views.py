"""The requester's pages: jobs, people, access keys."""

import re
from collections.abc import Iterable
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db.models import Avg, Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gtcrowd import kinds, plain_text
from gtcrowd.analytics import previews
from gtcrowd.console import confirm, forms, inputs, job_form, lists
from gtcrowd.console import messages as worker_messages
from gtcrowd.console.access import member
from gtcrowd.consolidation.intervals import credible_interval
from gtcrowd.hooks.calls import Stage
from gtcrowd.identity import keys
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import AccessKey
from gtcrowd.identity.roles import Right, Role
from gtcrowd.jobs import create, script_errors, state, stop
from gtcrowd.jobs.fields import FIELDS
from gtcrowd.jobs.models import Hook, Job, JobState
from gtcrowd.jobs.request import JobRefused
from gtcrowd.kinds.kind import manifest_confidence
from gtcrowd.labels import consolidate, exports
from gtcrowd.labels.models import Label, Run, WorkerQuality
from gtcrowd.ledger import balance, names, pricing
from gtcrowd.ledger.hold import InsufficientFunds
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.messages import waiting as waiting_messages
from gtcrowd.tasks.models import Gold, JobWorker, Task, TaskState
from gtcrowd.workforce import invite, setup
from gtcrowd.workforce.models import Team, Worker, WorkerState

EXTRAS = MappingProxyType(
    {
        "manifest": "console/job_form/upload.html",
        "template": "console/job_form/template.html",
        "post_hook": "console/job_form/trial.html",
    }
)
"""What stands below a field of a new job besides its help."""


@member
@require_GET
def jobs(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the newest jobs, or those that match the search text, state and team in the address."""
    own = Job.objects.visible_to(viewer)
    query, chosen_state, team = lists.search_text(request), request.GET.get("state", ""), request.GET.get("team", "")
    rows = own.select_related("team", "counters")
    if query:
        rows = rows.filter(Q(name__icontains=query) | Q(title__icontains=query))
    if chosen_state in JobState.values:
        rows = rows.filter(state=chosen_state)
    if team.isdecimal() and len(team) < 19:
        rows = rows.filter(team=int(team))
    page = lists.page(request, rows, order=("-created_at", "-pk"))
    waiting = waiting_messages([row.pk for row in page.rows])
    context = {
        "jobs": [(row, waiting.get(row.pk, 0)) for row in page.rows],
        "page": page,
        "query": query,
        "state": chosen_state,
        "team": team,
        "states": JobState.choices,
        "teams": Team.objects.visible_to(viewer).order_by("name"),
        "filtered": bool(query or chosen_state or team),
        "funds": balance.balance(names.funds(viewer.requester.pk)),
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "console/jobs.html", context)


@member
@require_http_methods(["GET", "POST"])
def new_job(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show the form; `check` shows the cost and changes nothing, `create` creates the job."""
    viewer.must(Right.CREATE_JOBS)
    context: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    posted: dict[str, Any] = request.POST.dict() or job_form.initial()
    if request.method == "POST":
        values = inputs.read_all(request.POST)
        values |= {"manifest": address} if (address := forms.uploaded_manifest(request, viewer)) else {}
        posted["manifest"] = values.get("manifest", "")
        try:
            if "create" in request.POST:
                job = create.create(viewer=viewer, values=values, now=timezone.now())
                messages.success(request, _("Job created. Its objects are being imported."))
                return redirect("console:job", name=job.name)
            context["plan"] = create.plan(viewer=viewer, values=values, now=timezone.now())
        except JobRefused as refused:
            faults = forms.faults_by_control(refused.faults)
        except InsufficientFunds as short:
            faults = {"price": [str(short)]}
    context |= _form_context(viewer) | {"given": posted, "faults": faults}
    context["groups"] = job_form.groups(job_form.Form(viewer, FIELDS.values(), posted, faults, EXTRAS))
    context["problems"] = job_form.problems(context["groups"], faults)
    context["first_fault"] = job_form.first_fault(context["groups"])
    return render(request, "console/new_job.html", context, status=422 if faults else 200)


@member
@require_GET
def job(request: HttpRequest, viewer: Viewer, name: str) -> HttpResponse:
    shown_job = _job(viewer, name)
    runs = Run.objects.visible_to(viewer).filter(job=shown_job).order_by("-pk")[:20]
    official = Run.objects.visible_to(viewer).filter(job=shown_job, official=True, state="done").order_by("-pk").first()
    qualities = (
        WorkerQuality.objects.visible_to(viewer)
        .filter(run=official)
        .select_related("worker__user", "worker__workforce")
    )
    least = Label.objects.visible_to(viewer).filter(job=shown_job, current=True).select_related("data_object")
    context = {
        "job": shown_job,
        "labeled_share": _share(shown_job.counters.labeled, shown_job.objects_total),
        "exports": exports.of_job(shown_job),
        "held": balance.balance(names.hold(shown_job.pk)),
        "cost": _cost(shown_job),
        "runs": runs,
        "qualities": qualities.order_by("low")[:30],
        "unsure": _with_previews(shown_job, least.order_by("confidence")[:10]),
        "zone": timezone.get_current_timezone_name(),
        "job_workers": _job_workers(viewer, shown_job),
        "known": Gold.objects.visible_to(viewer)
        .filter(job=shown_job)
        .select_related("task")
        .order_by("task__position")[:50],
        "reasons": _reasons(shown_job) if shown_job.dynamic else (),
        "kind": kinds.kind(shown_job.kind),
        "methods": [(name, _(method.title)) for name, method in kinds.kind(shown_job.kind).methods.items()],
        "listed": kinds.kind(shown_job.kind).values(shown_job.categories) is not None,
        "hooks": _hooks(viewer, shown_job),
        "script_errors": script_errors.of(shown_job),
        "messaging": worker_messages.context(viewer, shown_job, write_to=request.GET.get("write", "")),
    }
    return render(request, "console/job.html", context)


@member
@require_POST
def stop_job(request: HttpRequest, viewer: Viewer, name: str) -> HttpResponse:
    viewer.must(Right.CREATE_JOBS)
    job = _job(viewer, name)
    text = _(
        "No more tasks are assigned. Submitted answers are kept, paid and consolidated; objects without an answer "
        "fail, and the rest of the budget is released. A stopped job cannot be started again."
    )
    question = confirm.question(
        request, title=_("Stop %(job)s?") % {"job": job.name}, text=text, button=_("Stop job"),
        cancel=reverse("console:job", args=[job.name]),
    )  # fmt: skip
    if question:
        return question
    try:
        stop.stop(viewer=viewer, job=job, now=timezone.now())
        messages.success(request, _("Stopping the job. Submitted answers are kept and consolidated."))
    except state.NotPossible:
        messages.error(request, _("The job has already ended."))
    return redirect("console:job", name=name)


@member
@require_POST
def run_method(request: HttpRequest, viewer: Viewer, name: str) -> HttpResponse:
    try:
        consolidate.ask(_job(viewer, name), viewer=viewer, method=request.POST.get("method", ""), now=timezone.now())
        messages.success(request, _("Run queued. Reload the page in a moment."))
    except consolidate.UnknownMethod as unknown:
        messages.error(request, str(unknown))
    return redirect("console:job", name=name)


@member
@require_GET
def export(request: HttpRequest, viewer: Viewer, name: str, export: str) -> HttpResponseBase:
    """The labels of the job in an export format, as a file."""
    job = _job(viewer, name)
    try:
        chosen = exports.get(export, job)
    except exports.UnknownExport as error:
        raise Http404 from error
    headers = {"Content-Disposition": f'attachment; filename="{chosen.file_name(job)}"'}
    return StreamingHttpResponse(chosen.blocks(job, None), content_type=chosen.media_type, headers=headers)


@member
@require_GET
def people(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the requester's workers, or those that match the search text, state and team in the address."""
    query, chosen_state, team = lists.search_text(request), request.GET.get("state", ""), request.GET.get("team", "")
    workers = Worker.objects.visible_to(viewer).select_related("user").prefetch_related("teams")
    if query:
        workers = workers.filter(Q(user__name__icontains=query) | Q(user__email__icontains=query) | Q(code=query))
    if chosen_state in WorkerState.values:
        workers = workers.filter(state=chosen_state)
    if team.isdecimal() and len(team) < 19:
        workers = workers.filter(teams=int(team))
    page = lists.page(request, workers, order=("user__name", "pk"))
    context = {
        "workers": page.rows,
        "page": page,
        "query": query,
        "state": chosen_state,
        "team": team,
        "states": WorkerState.choices,
        "filtered": bool(query or chosen_state or team),
        "everyone": setup.EVERYONE,
        "zone": timezone.get_current_timezone_name(),
        "teams": Team.objects.visible_to(viewer).select_related("workforce").order_by("workforce", "name"),
        "own_teams": Team.objects.visible_to(viewer).filter(workforce__requester=viewer.requester),
        "members": viewer.requester.members.select_related("user").order_by("pk"),
        "keys": AccessKey.objects.visible_to(viewer).filter(revoked_at=None).order_by("pk"),
        "roles": Role.choices,
        "fresh_key": request.session.pop("fresh_key", None),
    }
    return render(request, "console/people.html", context)


@member
@require_POST
def invite_workers(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    own = Team.objects.visible_to(viewer).filter(workforce__requester=viewer.requester)
    number = request.POST.get("team", "")
    team = get_object_or_404(own, pk=plain_text.whole(number) or 0) if number else None
    emails = re.split(r"[,;\s]+", request.POST.get("emails", ""))
    try:
        workers = invite.invite(viewer=viewer, emails=emails, team=team, now=timezone.now())
        messages.success(request, _invited(workers))
    except invite.InviteRefused as refused:
        messages.error(request, _("No invitations were sent. %(faults)s") % {"faults": str(refused)})
    return redirect("console:people")


def _invited(workers: list[Worker]) -> str:
    """Return how many got a mail, and how many work already and got none."""
    mailed = sum(worker.state == WorkerState.INVITED for worker in workers)
    texts = [ngettext("%(count)s invitation sent.", "%(count)s invitations sent.", mailed) % {"count": mailed}]
    if rest := len(workers) - mailed:
        text = ngettext(
            "%(count)s person works for you already and got no mail.",
            "%(count)s people work for you already and got no mail.",
            rest,
        )
        texts.append(text % {"count": rest})
    return " ".join(texts)


@member
@require_POST
def change_worker(request: HttpRequest, viewer: Viewer, code: str) -> HttpResponse:
    worker = get_object_or_404(Worker.objects.visible_to(viewer), code=code)
    viewer.must(Right.MANAGE_WORKERS)
    there = f"{reverse('console:people')}?{urlencode({'q': worker.code})}#worker-{worker.code}"
    if request.POST.get("how") in ("join", "leave"):
        _change_team(request, viewer, worker)
        return redirect(there)
    if request.POST.get("how") != "suspend":
        invite.reinstate(viewer=viewer, worker=worker)
        messages.success(request, _("%(name)s may work again.") % {"name": worker.user})
        return redirect(there)
    text = _(
        "%(name)s gets no more tasks of any of your jobs and may finish the current one. Answers and earnings are "
        "kept. You can reinstate them at any time."
    ) % {"name": worker.user}
    question = confirm.question(
        request, title=_("Suspend %(name)s?") % {"name": worker.user}, text=text, button=_("Suspend worker"),
        cancel=there, reason=True,
    )  # fmt: skip
    if question:
        return question
    invite.suspend(viewer=viewer, worker=worker, reason=request.POST.get("reason", ""))
    messages.success(request, _("%(name)s is suspended. You can reinstate them below.") % {"name": worker.user})
    return redirect(there)


def _change_team(request: HttpRequest, viewer: Viewer, worker: Worker) -> None:
    """Put a worker into the posted team, or take them out of it."""
    number = request.POST.get("team", "")
    own = Team.objects.visible_to(viewer).filter(workforce=worker.workforce_id)
    team = get_object_or_404(own, pk=int(number) if number.isdecimal() and len(number) < 19 else 0)
    values = {"name": worker.user, "team": team.name}
    try:
        if request.POST["how"] == "join":
            setup.join_team(viewer=viewer, worker=worker, team=team)
            messages.success(request, _("%(name)s is now in team %(team)s.") % values)
        else:
            setup.leave_team(viewer=viewer, worker=worker, team=team)
            messages.success(request, _("%(name)s is no longer in team %(team)s.") % values)
    except setup.TeamRefused as refused:
        messages.error(request, f"{team.name}: {refused}")


@member
@require_POST
def new_team(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    try:
        setup.team(viewer=viewer, name=request.POST.get("name", ""), description=request.POST.get("description", ""))
        messages.success(request, _("Team created."))
    except setup.TeamRefused as refused:
        messages.error(request, f"{refused.field}: {refused}")
    return redirect("console:people")


@member
@require_POST
def new_key(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    viewer.must(Right.MANAGE_MEMBERS)
    role = request.POST.get("role", "")
    if role not in Role.values:
        role = Role.VIEWER
    key, secret = keys.create(
        requester=viewer.requester,
        name=plain_text.name(request.POST.get("name", ""))[:60] or "key",
        role=role,
        created_by=viewer.user,
    )
    request.session["fresh_key"] = f"{key.key_id}.{secret}"  # shown on the next page, once
    return redirect("console:people")


@member
@require_POST
def revoke_key(request: HttpRequest, viewer: Viewer, key_id: str) -> HttpResponse:
    viewer.must(Right.MANAGE_MEMBERS)
    key = get_object_or_404(AccessKey.objects.visible_to(viewer), key_id=key_id)
    question = confirm.question(
        request, title=_("Revoke %(key)s?") % {"key": key.name}, button=_("Revoke key"),
        cancel=reverse("console:people"),
        text=_("Programs that use this key are refused from now on. A revoked key cannot be restored."),
    )  # fmt: skip
    if question:
        return question
    keys.revoke(key, now=timezone.now())
    messages.success(request, _("Key revoked."))
    return redirect("console:people")


def _job(viewer: Viewer, name: str) -> Job:
    jobs_seen = Job.objects.visible_to(viewer).select_related("team__workforce", "counters", "requester")
    job: Job = get_object_or_404(jobs_seen, name__iexact=name)
    return job


def _with_previews(job: Job, labels: Iterable[Label]) -> list[dict[str, Any]]:
    """Return labels with a preview of their objects, and their confidence with the places of the manifest."""
    buckets = previews.buckets(job)
    return [
        {
            "label": label,
            "preview": previews.of(job, label.data_object.line, label.value, buckets=buckets),
            "confidence": manifest_confidence(label.confidence),
        }
        for label in labels
    ]


def _job_workers(viewer: Viewer, job: Job) -> list[dict[str, Any]]:
    rows = JobWorker.objects.visible_to(viewer).filter(job=job).select_related("worker__user", "worker__workforce")
    entries = []
    for row in rows.order_by("state", "-answers")[:50]:
        low, high = (float(end) for end in credible_interval(row.gold_right, row.gold_seen))
        entries.append({"row": row, "low": low, "high": high})
    return entries


def _hooks(viewer: Viewer, job: Job) -> list[dict[str, Any]]:
    """Every hook that the job had, the newest first, and in words where it stands."""
    words = dict(Stage.choices)
    rows = Hook.objects.visible_to(viewer).filter(job=job).select_related("set_by").order_by("-set_at", "-pk")[:20]
    return [{"row": row, "words": words.get(row.stage, row.stage)} for row in rows]


def _reasons(job: Job) -> list[tuple[str, int, float]]:
    """Why objects ended: words, how many, and how many answers each had."""
    words: dict[str, str] = {
        Reason.SURE_ENOUGH: _("certain enough"),
        Reason.TARGET_REACHED: _("target error rate reached"),
        Reason.MOST_WORKERS: _("maximum workers answered"),
    }
    rows = Task.objects.filter(job=job, state=TaskState.DONE).values("reason_code")
    counted = rows.annotate(n=Count("pk"), mean=Avg("answer_count")).order_by("-n")
    return [(words.get(row["reason_code"], row["reason_code"]), row["n"], row["mean"]) for row in counted]


def _form_context(viewer: Viewer) -> dict[str, Any]:
    return forms.prices() | {
        "kinds": kinds.KINDS.values(),
        "available": balance.balance(names.funds(viewer.requester.pk)) + viewer.requester.credit,
        "buckets": viewer.requester.buckets.values_list("name", flat=True),
    }


def _cost(job: Job) -> pricing.Cost:
    return pricing.job_cost(
        objects=job.objects_total,
        workers_per_object=job.workers_per_object,
        price=job.price,
        fee_per_object=settings.GTCROWD_FEE_PER_OBJECT,
    )


def _share(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
