"""Rows into frames: each function asks the database once and gives totals, never single answers.

Every frame is of the viewer's requester only. A worker is called by name to those who run the workforce, and
by code to everybody else.
"""

from typing import Any

import pandas as pd
from django.conf import settings
from django.db import connection

from gtcrowd.analytics.filters import Filters, conditions
from gtcrowd.identity.access import Viewer

NAME = """
CASE WHEN workforce.kind = 'private' AND person.name <> '' THEN person.name ELSE worker.code END
"""
PEOPLE = """
JOIN workforce_worker worker ON worker.id = {of}.worker_id
JOIN workforce_workforce workforce ON workforce.id = worker.workforce_id
JOIN identity_user person ON person.id = worker.user_id
"""

BY_WORKER = """
SELECT {name} AS worker, sums.*
FROM (
    SELECT answer.worker_id, count(*) AS answers,
           count(truth.value) AS truth_n, count(*) FILTER (WHERE truth.value = answer.value) AS truth_right,
           count(label.value) AS consensus_n, count(*) FILTER (WHERE label.value = answer.value) AS consensus_right,
           percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY answer.seconds) AS seconds,
           sum(answer.seconds) AS seconds_total, sum(answer.paid) AS paid
    FROM tasks_answer answer
    JOIN jobs_job job ON job.id = answer.job_id
    LEFT JOIN labels_truth truth ON truth.data_object_id = answer.task_id
    LEFT JOIN labels_label label ON label.data_object_id = answer.task_id AND label.current
    WHERE {where}
    GROUP BY answer.worker_id
) sums {people}
ORDER BY worker, sums.worker_id
"""

DAILY = """
SELECT sums.day, {name} AS worker, team.name AS team, sums.answers, sums.paid
FROM (
    SELECT (answer.submitted_at AT TIME ZONE %(zone)s)::date AS day, answer.worker_id, job.team_id,
           count(*) AS answers, sum(answer.paid) AS paid
    FROM tasks_answer answer JOIN jobs_job job ON job.id = answer.job_id
    WHERE {where}
    GROUP BY 1, 2, 3
) sums {people} JOIN workforce_team team ON team.id = sums.team_id
ORDER BY sums.day, worker
"""

PROGRESS = """
SELECT job.id AS job_id, job.name AS job, job.state, job.reason, job.objects_total AS objects,
       counters.human_labeled + counters.machine_labeled AS labeled, counters.failed, counters.answers,
       job.objects_total * job.workers_per_object AS wanted, counters.counted_at,
       job.objects_total * job.workers_per_object * job.price AS budget
FROM jobs_job job JOIN jobs_counters counters ON counters.job_id = job.id
WHERE job.requester_id = %(requester)s {chosen}
ORDER BY job.created_at DESC LIMIT 200
"""


def by_worker(viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """A row a worker: worker_id, worker (name or code), answers, truth_n, truth_right (answers whose object has a
    known truth, and those equal to it), consensus_n, consensus_right (the same against the job's present label),
    low_seconds, median_seconds, high_seconds (quartiles of the time from claim to submit), seconds_total, paid."""
    frame = _of_people(BY_WORKER, viewer, filters, of="sums")
    quartiles = pd.DataFrame(
        frame.pop("seconds").tolist() if len(frame) else [],
        columns=["low_seconds", "median_seconds", "high_seconds"],
        index=frame.index,
    )
    return frame.join(quartiles)


def daily(viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """A row a day, worker and team: day (in the service's time zone), worker, team, answers, paid."""
    return _of_people(DAILY, viewer, filters, of="sums")


def progress(viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """A row a job, the newest first, 200 at most: job_id, job, state, reason, objects, labeled, failed, answers,
    wanted (answers), counted_at, budget."""
    chosen = ("AND job.id = ANY(%(jobs)s)" if filters.jobs else "") + (
        " AND job.team_id = ANY(%(teams)s)" if filters.teams else ""
    )
    facts = {"requester": viewer.requester.pk, "jobs": list(filters.jobs), "teams": list(filters.teams)}
    return _frame(PROGRESS.format(chosen=chosen), facts)


def options(viewer: Viewer) -> dict[str, list[tuple[int, str]]]:
    """What can be chosen: id and name of the viewer's jobs, of their teams, and of the workers who answered."""
    facts = {"requester": viewer.requester.pk}
    jobs = _frame(
        "SELECT id, name FROM jobs_job WHERE requester_id = %(requester)s ORDER BY created_at DESC LIMIT 1000", facts
    )
    teams = _frame(
        "SELECT DISTINCT team.id, team.name FROM jobs_job job JOIN workforce_team team ON team.id = job.team_id "
        "WHERE job.requester_id = %(requester)s ORDER BY team.name",
        facts,
    )
    workers = _frame(
        f"SELECT worker.id, {NAME} AS name FROM (SELECT DISTINCT worker_id FROM labels_workerquality quality "  # noqa: S608
        "JOIN labels_run run ON run.id = quality.run_id JOIN jobs_job job ON job.id = run.job_id "
        f"WHERE job.requester_id = %(requester)s) seen {PEOPLE.format(of='seen')} ORDER BY name LIMIT 5000",
        facts,
    )
    pairs = {"jobs": jobs, "teams": teams, "workers": workers}
    return {name: list(zip(frame["id"].tolist(), frame["name"], strict=True)) for name, frame in pairs.items()}


def as_of() -> pd.Timestamp:
    """The database's clock: as of when the frames of this moment are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() AT TIME ZONE %s", [settings.TIME_ZONE])
        return pd.Timestamp(cursor.fetchone()[0])


def _of_people(query: str, viewer: Viewer, filters: Filters, *, of: str) -> pd.DataFrame:
    where, facts = conditions(viewer, filters, zone=settings.TIME_ZONE)
    return _frame(query.format(where=where, name=NAME, people=PEOPLE.format(of=of)), facts)


def _frame(query: str, facts: dict[str, Any]) -> pd.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(query, facts)
        return pd.DataFrame(cursor.fetchall(), columns=[column[0] for column in cursor.description or ()])
