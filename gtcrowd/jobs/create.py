"""Create a labeling job: check all that is asked, hold the budget, and leave a note for the runner."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from gtcrowd.hooks.calls import Stage
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import Right
from gtcrowd.jobs import hooks, inspect, plan_warnings, request, store, templates
from gtcrowd.jobs.models import Counters, Job
from gtcrowd.jobs.plan_warnings import PlanWarning
from gtcrowd.jobs.request import Fault, JobRefused, JobRequest
from gtcrowd.ledger import hold, pricing
from gtcrowd.platform import queue
from gtcrowd.platform.reasons import Reason
from gtcrowd.workforce.models import Team


@dataclass(frozen=True)
class Plan:
    """A request that could be created now: the number of objects, what it costs at most, and what to look at again."""

    request: JobRequest
    digest: str
    objects: int
    cost: pricing.Cost
    warnings: list[PlanWarning]


def plan(*, viewer: Viewer, values: Mapping[str, Any], now: datetime) -> Plan:
    """Check a request as `create` would, and say what it would cost; nothing is written.

    `values` maps field names to values (gtcrowd.jobs.request); `team` is a team's name. Raises JobRefused
    with every fault there is, those of the manifest naming their lines.
    """
    viewer.must(Right.CREATE_JOBS)
    faults: list[Fault] = []
    job_request: JobRequest | None = None
    try:
        job_request = request.read(values, requester=viewer.requester, team=_team(viewer, values))
    except JobRefused as refused:
        faults += refused.faults
    inspected = _inspected(viewer, values, job_request)
    faults += inspected.faults
    faults += request.deadline_faults(job_request, now=now) if job_request else []
    faults += _name_taken(viewer, values.get("name"))
    faults += _unknown_jobs(viewer, job_request.excluded_jobs if job_request else [])
    if faults or job_request is None:
        raise JobRefused(faults)
    return Plan(
        request=job_request,
        digest=inspected.digest,
        objects=inspected.objects,
        cost=_cost(job_request, inspected.objects),
        warnings=plan_warnings.of_request(job_request) + plan_warnings.of_manifest(inspected),
    )


def create(*, viewer: Viewer, values: Mapping[str, Any], now: datetime, simulated: bool = False) -> Job:
    """Create the job, with its budget held. Raises JobRefused, InsufficientFunds, NotAllowed; then nothing was done.

    `simulated`: the caller hands in the time and moves the job along itself (gtcrowd.job_lifecycle).
    """
    planned = plan(viewer=viewer, values=values, now=now)
    try:
        with transaction.atomic():
            job = _insert(viewer, planned, now, simulated=simulated)
            hold.hold(
                requester_id=viewer.requester.pk,
                job_id=job.pk,
                amount=planned.cost.total,
                credit=viewer.requester.credit,
                now=now,
            )
            if not simulated:
                queue.advance(job.pk)
    except IntegrityError as error:
        # Somebody took the name in this moment; any other constraint would be a defect.
        if "one_job_per_name_and_requester" not in str(error):
            raise
        raise JobRefused(_name_taken(viewer, planned.request.name)) from error
    return job


def _inspected(viewer: Viewer, values: Mapping[str, Any], job_request: JobRequest | None) -> inspect.Inspected:
    """What the manifest holds; nothing if it is not said which one and of what, which is a fault of its own.

    `job_request`: None if it was refused; then only lines are checked, not the labels that they bring along.
    """
    address, medium = values.get("manifest"), values.get("medium")
    if not isinstance(address, str) or not address or medium not in inspect.EXPECTED:
        return inspect.Inspected(0, "", [])
    buckets = frozenset(viewer.requester.buckets.values_list("name", flat=True))
    # Nothing is read from a bucket of somebody else, not even to find a fault in it.
    if store.bucket(address) not in buckets:
        return inspect.Inspected(0, "", [])
    subject = inspect.Subject(
        medium=str(medium), buckets=buckets,
        task_order=str(values.get("task_order") or ""), order_key=str(values.get("order_key") or ""),
        kind=job_request.kind if job_request else "",
        label_attribute=job_request.label_attribute if job_request else "",
        categories=tuple(job_request.categories) if job_request else (),
    )  # fmt: skip
    return inspect.inspect_once(address.strip(), subject)


def _unknown_jobs(viewer: Viewer, names: list[str]) -> list[Fault]:
    own_names = (
        {name.lower() for name in Job.objects.visible_to(viewer).values_list("name", flat=True)} if names else set()
    )
    return [
        Fault("excluded_jobs", name, _("%(name)s is not the name of one of your jobs.") % {"name": name})
        for name in names
        if name.lower() not in own_names
    ]


def _insert(viewer: Viewer, planned: Plan, now: datetime, *, simulated: bool) -> Job:
    fields = asdict(planned.request) | {"team": planned.request.team}
    excluded = [name.lower() for name in fields.pop("excluded_jobs")]
    fields["template"] = templates.keep(viewer.requester, fields["template"], now=now)
    job = Job.objects.create(
        **fields,
        simulated=simulated,
        requester=viewer.requester,
        created_by=viewer.user,
        objects_total=planned.objects,
        manifest_digest=planned.digest,
        created_at=now,
        changed_at=now,
        reason_code=Reason.READING_MANIFEST,
    )
    if excluded:
        own = Job.objects.visible_to(viewer).annotate(lower=Lower("name"))
        job.excluded_jobs.set(own.filter(lower__in=excluded))
    for stage in Stage.values:
        hooks.keep(job, stage, fields[f"{stage}_hook"], by=viewer.user, now=now)
    Counters.objects.create(job=job, counted_at=now)
    return job


def _team(viewer: Viewer, values: Mapping[str, Any]) -> Team | None:
    name = values.get("team")
    if not isinstance(name, str):
        return None
    return Team.objects.visible_to(viewer).select_related("workforce").filter(name__iexact=name).first()


def _name_taken(viewer: Viewer, name: object) -> list[Fault]:
    if isinstance(name, str) and Job.objects.visible_to(viewer).filter(name__iexact=name).exists():
        return [Fault("name", name, _("is already used by another of your jobs. Names are not case-sensitive."))]
    return []


def _cost(job_request: JobRequest, objects: int) -> pricing.Cost:
    return pricing.job_cost(
        objects=objects,
        workers_per_object=job_request.workers_per_object,
        price=job_request.price,
        fee_per_object=settings.GTCROWD_FEE_PER_OBJECT,
    )
