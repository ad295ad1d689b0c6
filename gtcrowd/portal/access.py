"""What a person may work on. Every view of the portal starts here, so that others' tasks are not found."""

from datetime import datetime
from typing import Any, cast

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from gtcrowd import plain_text
from gtcrowd.identity.models import User
from gtcrowd.jobs.models import Job
from gtcrowd.tasks import messages
from gtcrowd.tasks.allocation import claim, load_assignment
from gtcrowd.tasks.models import Assignment
from gtcrowd.workforce.models import Team, Worker, WorkerState


def person(request: HttpRequest) -> User:
    """Return the signed-in user; for views that require one."""
    return cast(User, request.user)


def worker_and_job(user: User, job_id: int, *, now: datetime) -> tuple[Worker, Job]:
    """Return the user's worker in the job's workforce, and the job. Raises Http404 if the user has no access to it.

    Workers who were suspended or removed from the team may still finish their current task.
    """
    job = Job.objects.select_related("requester", "team").filter(pk=job_id).first()
    if job is None:
        raise Http404
    worker = Worker.objects.filter(user=user, workforce=job.team.workforce_id).first()
    if worker is None or not (_in_team(worker, job) or claim.holding(worker=worker, job=job, now=now)):
        raise Http404
    return worker, job


def thread(user: User, job_id: int, *, now: datetime) -> tuple[Worker, Job]:
    """Return worker and job as `worker_and_job`, also for jobs the worker answered before. Raises Http404."""
    job = Job.objects.select_related("requester", "team").filter(pk=job_id).first()
    worker = Worker.objects.filter(user=user, workforce=job.team.workforce_id).first() if job else None
    if job is not None and worker is not None and messages.may_write(worker, job):
        return worker, job
    return worker_and_job(user, job_id, now=now)


def _in_team(worker: Worker, job: Job) -> bool:
    return worker.state == WorkerState.ACTIVE and job.team.workers.filter(pk=worker.pk).exists()


def own_assignment(user: User, assignment_id: Any, *, job: int | None = None) -> Assignment:
    """Return the user's own assignment, with its job and worker. Raises Http404."""
    number = plain_text.whole(assignment_id) or 0
    assignment = load_assignment.own(user=user.pk, assignment=number, job=job) if 0 < number < 2**63 else None
    if assignment is None:
        raise Http404
    return assignment


def no_work_reason(user: User) -> str:
    """Return why the user sees no job, in one sentence."""
    states = {worker.state: worker.reason for worker in Worker.objects.filter(user=user)}
    if not states:
        return _(
            "You do not belong to a workforce yet, and you have no role. Ask the person who sent you this address to "
            "invite you as %(email)s."
        ) % {"email": user.email}
    if WorkerState.ACTIVE not in states:
        return states.get(WorkerState.SUSPENDED) or _("Your membership in the workforce is not active.")
    if not Team.objects.of_person(user.pk).exists():
        return _(
            "You are not in a team yet. Jobs are assigned to teams; ask the person who invited you to add you to one."
        )
    return _("No jobs are open for your teams at the moment. New jobs appear here when they start.")
