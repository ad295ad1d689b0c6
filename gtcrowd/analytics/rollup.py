"""Keep the totals of days up to date with answers and assignments.

1. Dirty days are deleted (DELETE … RETURNING). Only those of committed transactions are visible, so every later
   statement sees the changes they announce. A dirty day that commits meanwhile waits for the next round.
2. The totals of these days are computed from answers and assignments by one statement that reads nothing else, and
   replace the previous totals.

Totals therefore depend on the stored answers only, not on how often or in which order they are computed; `rebuild`
computes all of them with the same statement and gives the same bytes. Sums of days (periods.py) follow in the same
transaction. Only one process does this at a time; otherwise an older snapshot could overwrite a newer one.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection, transaction

from gtcrowd.analytics import periods
from gtcrowd.analytics.measures import latency
from gtcrowd.analytics.measures.periods import EPOCH
from gtcrowd.identity.models import Requester
from gtcrowd.jobs.models import Job
from gtcrowd.platform import locks

PORTION = 2000
"""Dirty days processed at once; a fraction of a second of work."""

TAKE = """
DELETE FROM tasks_dirtyday WHERE id IN (SELECT id FROM tasks_dirtyday ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING job_id, worker_id, at
"""
DAYS = """
SELECT DISTINCT dirty.job_id, dirty.worker_id, (dirty.at AT TIME ZONE {zone})::date, job.requester_id
FROM unnest(%(jobs)s::bigint[], %(workers)s::bigint[], %(times)s::timestamptz[]) AS dirty(job_id, worker_id, at)
JOIN jobs_job job ON job.id = dirty.job_id JOIN identity_requester requester ON requester.id = job.requester_id
"""
ZONE = "coalesce(nullif(requester.time_zone, ''), %(zone)s)"

FORGET = """
DELETE FROM analytics_day total
USING unnest(%(jobs)s::bigint[], %(workers)s::bigint[], %(days)s::date[]) AS cell(job_id, worker_id, day)
WHERE total.job_id = cell.job_id AND total.worker_id = cell.worker_id AND total.day = cell.day
"""
FORGET_JOB = "DELETE FROM analytics_day WHERE job_id = %(job)s"

OF_CELLS = {
    "answers": """
        SELECT cell.job_id, cell.worker_id, cell.day, cell.zone, answer.gold, answer.submitted_at, answer.late,
               answer.extra, answer.seconds, answer.active_seconds, answer.paid
        FROM cell CROSS JOIN LATERAL (
            SELECT * FROM tasks_answer answer
            WHERE answer.worker_id = cell.worker_id AND answer.job_id = cell.job_id
              AND answer.submitted_at >= cell.first AND answer.submitted_at < cell.last
        ) AS answer
    """,
    "left": """
        SELECT cell.job_id, cell.worker_id, cell.day, assignment.slot_id IS NULL AS gold, assignment.state,
               assignment.claimed_at, assignment.ended_at
        FROM cell CROSS JOIN LATERAL (
            SELECT * FROM tasks_assignment WHERE job_id = cell.job_id AND worker_id = cell.worker_id
              AND state IN ('returned', 'expired')
            UNION ALL
            SELECT * FROM tasks_assignment WHERE job_id = cell.job_id AND worker_id = cell.worker_id
              AND state = 'declined'
        ) AS assignment
        WHERE assignment.ended_at >= cell.first AND assignment.ended_at < cell.last
    """,
    "cells": """
        SELECT pair.job_id, pair.worker_id, pair.day, {zone} AS zone,
               pair.day::timestamp AT TIME ZONE {zone} AS first,
               (pair.day + 1)::timestamp AT TIME ZONE {zone} AS last
        FROM unnest(%(jobs)s::bigint[], %(workers)s::bigint[], %(days)s::date[]) AS pair(job_id, worker_id, day)
        JOIN jobs_job job ON job.id = pair.job_id JOIN identity_requester requester ON requester.id = job.requester_id
    """,
}
OF_JOB = {
    "answers": """
        SELECT job_id, worker_id, (submitted_at AT TIME ZONE (SELECT zone FROM cell))::date AS day,
               (SELECT zone FROM cell) AS zone, gold, submitted_at, late, extra, seconds, active_seconds, paid
        FROM tasks_answer WHERE job_id = %(job)s
    """,
    "left": """
        SELECT job_id, worker_id, (ended_at AT TIME ZONE (SELECT zone FROM cell))::date AS day,
               slot_id IS NULL AS gold, state, claimed_at, ended_at
        FROM tasks_assignment WHERE job_id = %(job)s AND state IN ('returned', 'expired')
        UNION ALL
        SELECT job_id, worker_id, (ended_at AT TIME ZONE (SELECT zone FROM cell))::date, slot_id IS NULL, state,
               claimed_at, ended_at
        FROM tasks_assignment WHERE job_id = %(job)s AND state = 'declined'
    """,
    "cells": """
        SELECT job.id AS job_id, {zone} AS zone
        FROM jobs_job job JOIN identity_requester requester ON requester.id = job.requester_id WHERE job.id = %(job)s
    """,
}

# Floating-point sums depend on the order of addition, so the order is fixed by time.
FORM = """
WITH cell AS MATERIALIZED ({cells}),
answer AS MATERIALIZED (
    SELECT submission.*, {latency} AS class,
           CASE WHEN active_seconds IS NULL THEN NULL ELSE {active} END AS active_class,
           extract(hour FROM submitted_at AT TIME ZONE zone)::int AS hour
    FROM ({answers}) AS submission
),
counted AS (
    SELECT job_id, worker_id, day, gold, count(*) AS submitted, count(*) FILTER (WHERE late) AS late,
           count(*) FILTER (WHERE extra) AS extra,
           sum(seconds ORDER BY submitted_at, seconds) AS seconds,
           coalesce(sum(active_seconds ORDER BY submitted_at, active_seconds), 0) AS active_seconds,
           count(active_seconds) AS active, sum(paid) AS paid
    FROM answer GROUP BY job_id, worker_id, day, gold
),
gone AS (
    SELECT job_id, worker_id, day, gold, count(*) FILTER (WHERE state = 'returned') AS returned,
           count(*) FILTER (WHERE state = 'declined') AS declined, count(*) FILTER (WHERE state = 'expired') AS expired,
           sum(greatest(extract(epoch FROM ended_at - claimed_at), 0)::float8 ORDER BY ended_at, claimed_at) AS lost
    FROM ({left}) AS ended GROUP BY job_id, worker_id, day, gold
),
times AS ({histograms})
INSERT INTO analytics_day (
    requester_id, job_id, worker_id, day, gold, submitted, late, extra, returned, declined, expired, seconds,
    active_seconds, active, lost_seconds, paid, latency, active_latency, hours
)
SELECT (SELECT requester_id FROM jobs_job WHERE id = job_id), job_id, worker_id, day, gold,
       coalesce(submitted, 0), coalesce(late, 0), coalesce(extra, 0),
       coalesce(returned, 0), coalesce(declined, 0), coalesce(expired, 0), coalesce(seconds, 0),
       coalesce(active_seconds, 0), coalesce(active, 0), coalesce(lost, 0), coalesce(paid, 0),
       coalesce(latency, {none}), coalesce(active_latency, {none}), coalesce(hours, {no_hours})
FROM counted FULL JOIN gone USING (job_id, worker_id, day, gold) LEFT JOIN times USING (job_id, worker_id, day, gold)
ORDER BY job_id, worker_id, day, gold
"""
CLASS = "least(greatest(floor(ln(greatest({column}, 0.001) / 0.25) / ln(2::float8) * 4), 0), 63)::int"


def roll(*, zone: str, most: int = 1_000_000) -> int:
    """Update the totals of the dirty days; return the number of dirty days processed.

    zone  time zone of the service, for requesters without one
    most  maximum number of dirty days
    """
    done = 0
    with locks.session(locks.Lock.TOTALS, wait=False) as locked:
        while locked and done < most:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(TAKE, [PORTION])
                dirty_days = cursor.fetchall()
                if not dirty_days:
                    break
                jobs, workers, times = (list(column) for column in zip(*dirty_days, strict=True))
                params: dict[str, Any] = {"jobs": jobs, "workers": workers, "times": times, "zone": zone}
                cursor.execute(DAYS.format(zone=ZONE), params)
                jobs, workers, days, requesters = (list(column) for column in zip(*cursor.fetchall(), strict=True))
                params = {"jobs": jobs, "workers": workers, "days": days, "zone": zone}
                cursor.execute(FORGET, params)
                cursor.execute(_statement(OF_CELLS), params)
                periods.follow(requesters, workers, [(day - EPOCH).days for day in days])
            done += len(dirty_days)
    return done


def rebuild(*, zone: str, requester: Requester | None = None) -> Iterator[int]:
    """Recompute all totals of one requester or of all, job by job; yield the id of each finished job.

    The sums of a requester follow after its jobs. Changes meanwhile create dirty days, which the next `roll` processes.
    """
    jobs = Job.objects.order_by("requester", "pk")
    jobs = jobs.filter(requester=requester) if requester else jobs
    for owner, some in groupby(jobs.values_list("requester", "pk"), key=itemgetter(0)):
        for _owner, pk in some:
            with locks.session(locks.Lock.TOTALS, wait=True), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(FORGET_JOB, {"job": pk})
                cursor.execute(_statement(OF_JOB), {"job": pk, "zone": zone})
            yield pk
        with locks.session(locks.Lock.TOTALS, wait=True), transaction.atomic():
            periods.rebuild(owner)


def _statement(parts: dict[str, str]) -> str:
    return FORM.format(
        cells=parts["cells"].format(zone=ZONE),
        answers=parts["answers"],
        left=parts["left"],
        latency=CLASS.format(column="seconds"),
        active=CLASS.format(column="active_seconds"),
        histograms=HISTOGRAMS,
        none=f"decode(repeat('0000', {latency.CLASSES}), 'hex')",
        no_hours=f"decode(repeat('0000', {latency.HOURS}), 'hex')",
    )


def _histogram(column: str, size: int) -> str:
    """Return SQL for the counts of the values 0 … size - 1, two bytes each."""
    counts = " || ".join(
        f"int2send(least(count(*) FILTER (WHERE {column} = {value}), 32767)::int2)" for value in range(size)
    )
    return f"({counts})"


HISTOGRAMS = f"""
    SELECT job_id, worker_id, day, gold, {_histogram("class", latency.CLASSES)} AS latency,
           {_histogram("active_class", latency.CLASSES)} AS active_latency, {_histogram("hour", latency.HOURS)} AS hours
    FROM answer GROUP BY job_id, worker_id, day, gold
"""  # noqa: S608
