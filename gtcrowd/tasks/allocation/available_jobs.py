"""List the jobs that a person can work on now, in their order."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from gtcrowd.identity.models import User
from gtcrowd.jobs.models import Job
from gtcrowd.platform import sql
from gtcrowd.tasks.lifecycle import open_tasks
from gtcrowd.tasks.models import Assignment
from gtcrowd.workforce.models import Worker

MOST_COUNTED = 1000
MOST_SEEN = 5000
"""Slots that are read for the count: as many objects as may be open at once."""
RECENT = 200
"""Number of latest answers whose median is the typical time, so that it costs the same in a large job."""

OFFERS = """
SELECT job.id, member.worker_id, waiting.tasks, typical.seconds, coalesce(job_worker.answers, 0),
       job_worker.state = 'paused', held.id
FROM workforce_worker person
JOIN workforce_teamworker member ON member.worker_id = person.id
JOIN jobs_job job ON job.team_id = member.team_id AND job.state = 'InProgress'
LEFT JOIN tasks_jobworker job_worker ON job_worker.job_id = job.id AND job_worker.worker_id = person.id
LEFT JOIN tasks_assignment held
    ON held.job_id = job.id AND held.worker_id = person.id AND held.state = 'live' AND NOT held.in_advance
    AND held.expires_at > %(now)s
CROSS JOIN LATERAL (
    SELECT LEAST(count(DISTINCT seen.task_id), %(most)s) AS tasks
    FROM (
        (SELECT task_id FROM tasks_slot
         WHERE job_id = job.id AND rank > coalesce(job_worker.scan_rank, -1) AND free_at <= %(now)s AND NOT withdrawn
         ORDER BY rank LIMIT %(seen)s)
        UNION ALL
        (SELECT task_id FROM tasks_slot
         WHERE job_id = job.id AND rank <= coalesce(job_worker.scan_rank, -1) AND free_at > job_worker.scan_since
           AND free_at <= %(now)s
           AND NOT withdrawn
         ORDER BY free_at LIMIT %(seen)s)
    ) AS seen
    JOIN tasks_task task ON task.data_object_id = seen.task_id AND task.available_until > %(now)s
    WHERE job.paused_at IS NULL AND NOT EXISTS (
        SELECT FROM tasks_assignment past WHERE past.task_id = seen.task_id AND past.worker_id = person.id
          AND past.state IN ('live', 'submitted', 'declined')
    )
) AS waiting
CROSS JOIN LATERAL (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS seconds
    FROM (SELECT seconds FROM tasks_answer WHERE job_id = job.id ORDER BY submitted_at DESC LIMIT %(recent)s) AS latest
) AS typical
WHERE person.user_id = %(user)s AND person.state = 'active' AND (%(job)s::bigint IS NULL OR job.id = %(job)s::bigint)
"""


@dataclass(frozen=True)
class Offer:
    """A job that a worker may work on. `waiting` is counted to 1000; pay per hour follows from the typical time."""

    job: Job
    worker: Worker
    waiting: int
    holding: Assignment | None
    typical_seconds: float | None
    submitted: int

    @property
    def pay_per_hour(self) -> Decimal | None:
        if not self.typical_seconds:
            return None
        return (self.job.price * 3600 / Decimal(self.typical_seconds)).quantize(Decimal("0.01"))

    @property
    def turn(self) -> tuple[Any, ...]:
        """What is begun comes first, then by priority, then what is due sooner, then what pays more, then the newer."""
        due = self.job.deadline.timestamp() if self.job.deadline else float("inf")
        return (
            self.holding is None, self.waiting == 0, -self.job.priority, due, -(self.pay_per_hour or self.job.price),
            -self.job.pk,
        )  # fmt: skip


def offers(user: User, *, now: datetime) -> list[Offer]:
    """The jobs in progress that were given to a team of this person, in the order in which they take their turn."""
    return _offers(user.pk, None, now)


def offer(worker: Worker, job: Job, *, now: datetime) -> Offer:
    """What `job` has for `worker` now; nothing if the worker is not, or no longer, in its team."""
    matches = [candidate for candidate in _offers(worker.user_id, job.pk, now) if candidate.worker.pk == worker.pk]
    return matches[0] if matches else Offer(job, worker, 0, None, None, 0)


def _offers(user: int, job: int | None, now: datetime) -> list[Offer]:
    params = {"user": user, "job": job, "now": now, "most": MOST_COUNTED, "seen": MOST_SEEN, "recent": RECENT}
    rows = sql.rows(OFFERS, **params)
    jobs = Job.objects.select_related("requester", "team__workforce").in_bulk([row[0] for row in rows])
    workers = Worker.objects.in_bulk([row[1] for row in rows])
    assignments = Assignment.objects.in_bulk([row[6] for row in rows if row[6]])
    results = []
    for job_id, worker, waiting, typical, submitted, paused, holding in rows:
        job_row = jobs[job_id]
        # What is not open yet is opened when somebody asks for it.
        unclaimed = waiting or (
            0 if job_row.paused_at or open_tasks.exhausted(job_row) else min(open_tasks.waiting(job_row), MOST_COUNTED)
        )
        waiting_tasks = 0 if paused else unclaimed
        results.append(Offer(job_row, workers[worker], waiting_tasks, assignments.get(holding), typical, submitted))
    return sorted(results, key=lambda job_row: job_row.turn)
