"""Write the log of worker activity in the format of Ground Truth's worker activity log.

One JSON object per line and event: TasksAccepted, TasksSubmitted, TasksReturned, TasksDeclined. Times that do not apply
are empty strings. As in Ground Truth, only private workforces are logged.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from gtcrowd.identity.access import Viewer
from gtcrowd.jobs.models import Job

PORTION = 5000
# Submissions are found by the index of answers by day; returned and declined tasks are few and read by job.
EVENTS = """
SELECT assignment.state, assignment.claimed_at, assignment.ended_at, worker.code, person.id, team.name
FROM (
    SELECT assignment.id, assignment.state, assignment.claimed_at, answer.submitted_at AS ended_at, assignment.worker_id
    FROM tasks_answer answer JOIN tasks_assignment assignment ON assignment.id = answer.assignment_id
    WHERE answer.job_id = %(job)s AND answer.submitted_at >= %(first)s AND answer.submitted_at < %(last)s
    UNION ALL
    SELECT id, state, claimed_at, ended_at, worker_id FROM tasks_assignment
    WHERE job_id = %(job)s AND state IN ('returned', 'expired') AND ended_at >= %(first)s AND ended_at < %(last)s
    UNION ALL
    SELECT id, state, claimed_at, ended_at, worker_id FROM tasks_assignment
    WHERE job_id = %(job)s AND state = 'declined' AND ended_at >= %(first)s AND ended_at < %(last)s
) AS assignment
JOIN workforce_worker worker ON worker.id = assignment.worker_id JOIN identity_user person ON person.id = worker.user_id
JOIN workforce_workforce workforce ON workforce.id = worker.workforce_id AND workforce.type = 'private'
JOIN jobs_job job ON job.id = %(job)s JOIN workforce_team team ON team.id = job.team_id
ORDER BY assignment.ended_at, assignment.id
"""
ENDS = {"submitted": "TasksSubmitted", "returned": "TasksReturned", "declined": "TasksDeclined"}
FIELDS = {"submitted": "task_submitted_time", "returned": "task_returned_time", "declined": "task_declined_time"}


def lines(viewer: Viewer, *, day: date, job_id: int | None = None) -> Iterator[str]:
    """Yield the events of the tasks that ended on a day of the requester's time zone, job by job, as lines of JSON.

    The acceptance of a task immediately precedes its end. `job_id` limits the log to one job; the job of another
    requester has no lines.
    """
    zone = ZoneInfo(viewer.requester.zone)
    first = datetime.combine(day, datetime.min.time(), zone)
    last = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
    jobs = Job.objects.visible_to(viewer).filter(created_at__lt=last).order_by("pk")
    for job in jobs.filter(pk=job_id) if job_id else jobs:
        params: dict[str, Any] = {"job": job.pk, "first": first, "last": last}
        with transaction.atomic(), connection.chunked_cursor() as cursor:
            cursor.execute(EVENTS, params)
            while rows := cursor.fetchmany(PORTION):
                for row in rows:
                    yield from _events(job, viewer, row)


def _events(job: Job, viewer: Viewer, row: tuple[Any, ...]) -> Iterator[str]:
    state, claimed_at, ended_at, code, person, team = row
    shared = {
        "worker_id": code, "cognito_user_pool_id": "", "cognito_sub_id": str(person),
        "task_accepted_time": _time(claimed_at), "task_submitted_time": "", "task_returned_time": "",
        "task_declined_time": "", "workteam_arn": f"{_arn(viewer)}:workteam/private-crowd/{team}",
        "labeling_job_arn": f"{_arn(viewer)}:labeling-job/{job.name.lower()}",
        "work_requester_account_id": _account(viewer), "job_reference_code": f"{_account(viewer)}{job.pk:020d}",
        "job_type": "Private",
    }  # fmt: skip
    yield _line(shared, "TasksAccepted", claimed_at)
    if state in ENDS:
        yield _line(shared | {FIELDS[state]: _time(ended_at)}, ENDS[state], ended_at)


def _line(shared: dict[str, str], event: str, at: datetime) -> str:
    return json.dumps(shared | {"event_type": event, "event_timestamp": str(int(at.timestamp()))}) + "\n"


def _account(viewer: Viewer) -> str:
    return f"{viewer.requester.pk:012d}"


def _arn(viewer: Viewer) -> str:
    return f"arn:aws:sagemaker:local:{_account(viewer)}"


def _time(at: datetime) -> str:
    """Format as `Sat Apr 05 09:10:11 UTC 2031`, whatever the locale."""
    moment = at.astimezone(UTC)
    days, months = ("Mon Tue Wed Thu Fri Sat Sun", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")
    return f"{days.split()[moment.weekday()]} {months.split()[moment.month - 1]} {moment:%d %H:%M:%S} UTC {moment:%Y}"
