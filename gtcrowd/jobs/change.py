"""Change a running job: what is asked for from now on. Objects are brought in line by the runner."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from gtcrowd.hooks.calls import Stage
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import User
from gtcrowd.identity.roles import Right
from gtcrowd.jobs import hooks, request, state, templates
from gtcrowd.jobs.fields import CHANGEABLE, FIELDS
from gtcrowd.jobs.models import Job, JobChange, JobState
from gtcrowd.jobs.request import Fault, JobRefused
from gtcrowd.ledger import hold, pricing
from gtcrowd.platform import queue
from gtcrowd.workforce.models import Team

NOT_READ_AGAIN = ("output", "excluded_jobs", "max_human_labeled", "max_percentage")
"""Fields that were settled when the job was created and that a change does not check again."""
GOLD_OBJECTS = "gold-objects"
"""Stands for a field where objects became known, were corrected or withdrawn."""


def change(*, viewer: Viewer, job: Job, values: Mapping[str, Any], answered: int, live: int, now: datetime) -> Job:
    """Change fields of a job that has not ended; returns it as it is then.

    `values`: new values by field, of those in CHANGEABLE; `team` is a name. `answered`: answers that are paid
    already; `live`: the tasks in hand, which are paid what was promised for them. The budget is held anew for
    what is still wanted. Raises JobRefused with every fault, InsufficientFunds, NotAllowed, state.NotPossible; then
    nothing changed.
    """
    viewer.must(Right.CREATE_JOBS)
    with transaction.atomic():
        job = Job.objects.select_for_update(no_key=True, of=("self",)).select_related("team__workforce").get(pk=job.pk)
        check_state(job)
        request_ = _read(viewer, job, values, now)
        highest = max(job.price, request_.price)
        before = {name: _noted(job, name) for name in values}
        for name in values:
            value = getattr(request_, name)
            setattr(job, name, templates.keep(viewer.requester, value, now=now) if name == "template" else value)
        for name, was in before.items():
            note(job, name, was, _noted(job, name), by=viewer.user, now=now)
        for stage in Stage.values:
            hooks.keep(job, stage, getattr(job, f"{stage}_hook"), by=viewer.user, now=now)
        job.revision += 1
        job.changed_at = now
        job.save(update_fields=[*values, "revision", "changed_at"])
        cost = pricing.job_cost(
            objects=job.objects_total,
            workers_per_object=job.workers_per_object,
            price=job.price,
            fee_per_object=settings.GTCROWD_FEE_PER_OBJECT,
        )
        remaining = max(cost.tasks - answered - live, 0)
        hold.adjust(
            requester_id=viewer.requester.pk,
            job_id=job.pk,
            needed=remaining * job.price + live * highest + cost.fees,
            credit=viewer.requester.credit,
            reference=str(job.revision),
            now=now,
        )
        queue.advance(job.pk)
    return job


def check_state(job: Job) -> None:
    """Raise state.NotPossible if the job is stopping or has ended."""
    if job.state not in (JobState.INITIALIZING, JobState.IN_PROGRESS):
        raise state.NotPossible(_("%(job)s has ended and can no longer be changed.") % {"job": job.name})


def note(job: Job, field: str, before: Any, after: Any, *, by: User | None, now: datetime) -> None:
    """Note a change in the transaction that makes it; nothing where nothing differs. Values are as JSON has them."""
    if before != after:
        JobChange.objects.create(job=job, at=now, by=by, field=field, before=before, after=after)


def _noted(job: Job, name: str) -> Any:
    """A field's value as it is noted."""
    value = job.template_id if name == "template" else job.team.name if name == "team" else getattr(job, name)
    if isinstance(value, Decimal):
        return f"{value:.3f}"
    return value.isoformat() if isinstance(value, datetime) else value


def _read(viewer: Viewer, job: Job, values: Mapping[str, Any], now: datetime) -> request.JobRequest:
    faults = [
        Fault(
            name,
            value,
            _("cannot be changed in a running job. Fields that can be changed: %(fields)s.")
            % {"fields": ", ".join(CHANGEABLE)},
        )
        for name, value in values.items()
        if name not in CHANGEABLE
    ]
    if not values:
        faults.append(Fault("job", None, _("must have at least one field to change.")))
    team: Team | None = job.team
    if "team" in values:
        # Worker and answer belong to a workforce; another team of the same one may take over, not another crowd.
        teams = Team.objects.visible_to(viewer).filter(workforce=job.team.workforce_id)
        team = teams.select_related("workforce").filter(name__iexact=str(values["team"])).first()
    stored = {name: getattr(job, name) for name in FIELDS if name not in NOT_READ_AGAIN}
    stored["template"] = job.template.text if job.template else ""
    try:
        changed = request.read(stored | {"team": job.team.name} | dict(values), requester=viewer.requester, team=team)
    except JobRefused as refused:
        # What was allowed when the job was made stays allowed for what is not touched.
        touched = [fault for fault in refused.faults if fault.field.partition(".")[0] in values]
        raise JobRefused(faults + (touched or refused.faults)) from refused
    if "deadline" in values:
        faults += request.deadline_faults(changed, now=now)
    if faults:
        raise JobRefused(faults)
    return changed
