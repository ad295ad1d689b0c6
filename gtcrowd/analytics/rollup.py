"""Totals of days, formed again from the facts wherever a mark says that something happened.

1. Marks are taken away (DELETE … RETURNING). Only those of committed transactions are seen, so what they announce is
   seen by every later statement. A mark that commits meanwhile waits for the next round.
2. The totals of the days they name are formed from answers and assignments, by one statement that reads nothing else,
   and put in the place of those that stood there.

A day's totals are thus always what the facts say: it does not matter how often or in which order they are formed, and
`rebuild`, which forms all of them by the same statement, gives the same bytes. What is added up from days (spans.py)
follows in the same transaction. One process does this at a time, or an older view of the facts could be written over a
newer one."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection, transaction

from gtcrowd.analytics import locks, periods
from gtcrowd.analytics.measures import latency
from gtcrowd.analytics.measures.periods import EPOCH
from gtcrowd.identity.models import Requester
from gtcrowd.jobs.models import Job

PORTION = 2000
"""Marks taken at once: with the days they name, a fraction of a second of work."""

TAKE = """
DELETE FROM tasks_dirtyday WHERE id IN (SELECT id FROM tasks_dirtyday ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING job_id, worker_id, at
"""
DAYS = """
SELECT DISTINCT mark.job_id, mark.worker_id, (mark.at AT TIME ZONE {zone})::date, job.requester_id
FROM unnest(%(jobs)s::bigint[], %(workers)s::bigint[], %(times)s::timestamptz[]) AS mark(job_id, worker_id, at)
JOIN jobs_job job ON job.id = mark.job_id JOIN identity_requester requester ON requester.id = job.requester_id
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
        SELECT given.job_id, given.worker_id, given.day, {zone} AS zone,
               given.day::timestamp AT TIME ZONE {zone} AS first,
               (given.day + 1)::timestamp AT TIME ZONE {zone} AS last
        FROM unnest(%(jobs)s::bigint[], %(workers)s::bigint[], %(days)s::date[]) AS given(job_id, worker_id, day)
        JOIN jobs_job job ON job.id = given.job_id JOIN identity_requester requester ON requester.id = job.requester_id
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

# Sums of numbers with fractions depend on their order, so that they are added up in the one order of time.
FORM = """
WITH cell AS MATERIALIZED ({cells}),
answer AS MATERIALIZED (
    SELECT found.*, {latency} AS class,
           CASE WHEN active_seconds IS NULL THEN NULL ELSE {active} END AS active_class,
           extract(hour FROM submitted_at AT TIME ZONE zone)::int AS hour
    FROM ({answers}) AS found
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
    FROM ({left}) AS found GROUP BY job_id, worker_id, day, gold
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
    """Form the totals again that marks name; returns how many marks that were. `zone`: that of the service."""
    done = 0
    with locks.alone(locks.TOTALS, wait=False) as alone:
        while alone and done < most:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(TAKE, [PORTION])
                marks = cursor.fetchall()
                if not marks:
                    break
                jobs, workers, times = (list(column) for column in zip(*marks, strict=True))
                facts: dict[str, Any] = {"jobs": jobs, "workers": workers, "times": times, "zone": zone}
                cursor.execute(DAYS.format(zone=ZONE), facts)
                jobs, workers, days, requesters = (list(column) for column in zip(*cursor.fetchall(), strict=True))
                facts = {"jobs": jobs, "workers": workers, "days": days, "zone": zone}
                cursor.execute(FORGET, facts)
                cursor.execute(_statement(OF_CELLS), facts)
                periods.follow(requesters, workers, [(day - EPOCH).days for day in days])
            done += len(marks)
    return done


def rebuild(*, zone: str, requester: Requester | None = None) -> Iterator[int]:
    """Form all totals of days again, of one requester or of all, a job at a time, and after a requester's jobs what is
    added up from them; yields each job's id when it is done.

    What happens meanwhile is marked, and formed again by the next `roll`.
    """
    jobs = Job.objects.order_by("requester", "pk")
    jobs = jobs.filter(requester=requester) if requester else jobs
    for owner, some in groupby(jobs.values_list("requester", "pk"), key=itemgetter(0)):
        for _owner, pk in some:
            with locks.alone(locks.TOTALS, wait=True), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(FORGET_JOB, {"job": pk})
                cursor.execute(_statement(OF_JOB), {"job": pk, "zone": zone})
            yield pk
        with locks.alone(locks.TOTALS, wait=True), transaction.atomic():
            periods.rebuild(owner)


def _statement(facts: dict[str, str]) -> str:
    return FORM.format(
        cells=facts["cells"].format(zone=ZONE),
        answers=facts["answers"],
        left=facts["left"],
        latency=CLASS.format(column="seconds"),
        active=CLASS.format(column="active_seconds"),
        histograms=HISTOGRAMS,
        none=f"decode(repeat('0000', {latency.CLASSES}), 'hex')",
        no_hours=f"decode(repeat('0000', {latency.HOURS}), 'hex')",
    )


def _histogram(column: str, size: int) -> str:
    """Counts of the values 0 to below `size` as bytes, two each."""
    counts = " || ".join(
        f"int2send(least(count(*) FILTER (WHERE {column} = {place}), 32767)::int2)" for place in range(size)
    )
    return f"({counts})"


HISTOGRAMS = f"""
    SELECT job_id, worker_id, day, gold, {_histogram("class", latency.CLASSES)} AS latency,
           {_histogram("active_class", latency.CLASSES)} AS active_latency, {_histogram("hour", latency.HOURS)} AS hours
    FROM answer GROUP BY job_id, worker_id, day, gold
"""  # noqa: S608
