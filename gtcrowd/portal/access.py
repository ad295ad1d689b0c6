"""Where a person may work: every view of the portal begins here, so that what is another's is not found."""

from datetime import datetime
from typing import Any, cast

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from gtcrowd.identity.models import User
from gtcrowd.jobs.models import Job
from gtcrowd.tasks import claim, load_assignment, messages
from gtcrowd.tasks.models import Assignment
from gtcrowd.workforce.models import Team, Worker, WorkerState


def person(request: HttpRequest) -> User:
    """Who is signed in; for views that let in nobody else."""
    return cast(User, request.user)


def place(user: User, job_id: int, *, now: datetime) -> tuple[Worker, Job]:
    """The person's place in the workforce that does the job. Raises Http404 if they have no business there.

    Who has been suspended or taken off the team may still finish the task at hand.
    """
    job = Job.objects.select_related("requester", "team").filter(pk=job_id).first()
    if job is None:
        raise Http404
    worker = Worker.objects.filter(user=user, workforce=job.team.workforce_id).first()
    if worker is None or not (_in_team(worker, job) or claim.holding(worker=worker, job=job, now=now)):
        raise Http404
    return worker, job


def thread(user: User, job_id: int, *, now: datetime) -> tuple[Worker, Job]:
    """The person's place as in `place`, and also where they worked before: they may ask about that. Raises Http404."""
    job = Job.objects.select_related("requester", "team").filter(pk=job_id).first()
    worker = Worker.objects.filter(user=user, workforce=job.team.workforce_id).first() if job else None
    if job is not None and worker is not None and messages.may_write(worker, job):
        return worker, job
    return place(user, job_id, now=now)


def _in_team(worker: Worker, job: Job) -> bool:
    return worker.state == WorkerState.ACTIVE and job.team.workers.filter(pk=worker.pk).exists()


def own_assignment(user: User, assignment_id: Any, *, job: int | None = None) -> Assignment:
    """The person's own assignment, with its job and worker. Raises Http404."""
    try:
        number = int(assignment_id)
    except (ValueError, TypeError) as error:
        raise Http404 from error
    found = load_assignment.own(user=user.pk, assignment=number, job=job) if 0 < number < 2**63 else None
    if found is None:
        raise Http404
    return found


def why_no_work(user: User) -> str:
    """Why a person finds no job on their page, in one sentence."""
    states = dict(Worker.objects.filter(user=user).values_list("state", "reason"))
    if not states:
        return _("You do not belong to a workforce yet. You will get an invitation by e-mail.")
    if WorkerState.ACTIVE not in states:
        return states.get(WorkerState.SUSPENDED) or _("Your membership in the workforce is not active.")
    if not Team.objects.of_person(user.pk).exists():
        return _(
            "You are not in a team yet. Jobs are assigned to teams; ask the person who invited you to add you to one."
        )
    return _("No jobs are open for your teams at the moment. New jobs appear here when they start.")
