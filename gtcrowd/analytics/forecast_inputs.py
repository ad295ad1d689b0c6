"""What is left to do and to spend: answers a day of jobs, whatever the page's days, and the requester's funds."""

from dataclasses import replace

import pandas as pd
from django.db import connection

from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.frames import MOST_JOBS
from gtcrowd.analytics.sources import totals_of
from gtcrowd.identity.access import Viewer
from gtcrowd.ledger import balance, names

RUNNING = ("Initializing", "InProgress", "Stopping")
"""States of jobs that may still want answers."""


def answers_by_day(viewer: Viewer, filters: Filters) -> pd.Series:
    """Answers that filled a slot, by day (every day from the first to the last), of real objects."""
    source = totals_of(viewer, replace(filters, source="real"), ("day",))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT total.day, sum(total.submitted - total.extra)::float8 "
            f"{source.text} GROUP BY total.day ORDER BY total.day",
            source.facts,
        )
        rows = cursor.fetchall()
    series = pd.Series({pd.Timestamp(day): n for day, n in rows}, dtype="float64").rename_axis("day")
    return series.asfreq("D", fill_value=0.0) if len(series) else series


def answers_to(viewer: Viewer, filters: Filters, jobs: pd.DataFrame, chosen: pd.Series) -> pd.Series:
    """As answers_by_day, to the `chosen` of the jobs that the filters leave (gtcrowd.analytics.frames.jobs).

    The answers to all of them less those to the others: most of these have ended before the first day, and days of
    everybody cost less to read than those of many jobs."""
    if not chosen.any():
        return pd.Series(dtype="float64")
    begun = pd.Timestamp(filters.first_day, tz=viewer.requester.zone) if filters.first_day else None
    others = jobs[~chosen & (jobs["answers"] > 0)]
    others = others[~(others["ended_at"] < begun)] if begun is not None else others
    if len(jobs) >= MOST_JOBS or len(others) > chosen.sum():
        return answers_by_day(viewer, replace(filters, jobs=tuple(jobs["job_id"][chosen])))
    found = answers_by_day(viewer, filters)
    if len(others):
        found = found.sub(answers_by_day(viewer, replace(filters, jobs=tuple(others["job_id"]))), fill_value=0.0)
    return found


def left(jobs: pd.DataFrame) -> pd.Series:
    """Answers that each job (of gtcrowd.analytics.frames.jobs) may still want: none once it has ended."""
    rest = (jobs["target_answers"].astype("float64") - jobs["answers"].astype("float64")).clip(lower=0)
    return rest.where(jobs["state"].isin(RUNNING), 0.0)


def funds(viewer: Viewer) -> float:
    """Dollars that are not set aside for a job; below zero where credit is used."""
    return float(balance.balance(names.funds(viewer.requester.pk)))
