"""Read the inputs of forecasts: answers per day, answers still needed, and the requester's funds."""

from dataclasses import replace
from datetime import date, datetime

import pandas as pd
from django.db import connection

from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.frames import MOST_JOBS
from gtcrowd.analytics.sources import totals_of
from gtcrowd.identity.access import Viewer
from gtcrowd.ledger import balance, names

RUNNING = ("Initializing", "InProgress", "Stopping")
"""States of jobs that may still need answers."""


def answers_by_day(viewer: Viewer, filters: Filters) -> pd.Series:
    """Return the answers that filled a slot by day, for every day from the first to the last, without gold."""
    source = totals_of(viewer, replace(filters, source="real"), ("day",))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT total.day, sum(total.submitted - total.extra)::float8 "
            f"{source.text} GROUP BY total.day ORDER BY total.day",
            source.params,
        )
        rows = cursor.fetchall()
    series = pd.Series({pd.Timestamp(day): n for day, n in rows}, dtype="float64").rename_axis("day")
    return series.asfreq("D", fill_value=0.0) if len(series) else series


def answers_to(viewer: Viewer, filters: Filters, jobs: pd.DataFrame, chosen: pd.Series) -> pd.Series:
    """Return `answers_by_day` of the `chosen` jobs.

    jobs    the jobs within the filters (frames.jobs)
    chosen  [jobs], bool

    Reads the answers to all jobs and subtracts those to the others: most of the others ended before the first day, and
    totals of all jobs are cheaper to read than totals of many single jobs.
    """
    if not chosen.any():
        return pd.Series(dtype="float64")
    begun = pd.Timestamp(filters.first_day, tz=viewer.requester.zone) if filters.first_day else None
    others = jobs[~chosen & (jobs["answers"] > 0)]
    others = others[~(others["ended_at"] < begun)] if begun is not None else others
    if len(jobs) >= MOST_JOBS or len(others) > chosen.sum():
        return answers_by_day(viewer, replace(filters, jobs=tuple(jobs["job_id"][chosen])))
    answers = answers_by_day(viewer, filters)
    if len(others):
        answers = answers.sub(answers_by_day(viewer, replace(filters, jobs=tuple(others["job_id"]))), fill_value=0.0)
    return answers


def left(jobs: pd.DataFrame) -> pd.Series:
    """Return the answers that each of the jobs (frames.jobs) may still need; zero for a job that has ended."""
    rest = (jobs["target_answers"].astype("float64") - jobs["answers"].astype("float64")).clip(lower=0)
    return rest.where(jobs["state"].isin(RUNNING), 0.0)


def since_midnight(jobs: pd.DataFrame, history: pd.Series, *, today: date, now: datetime) -> tuple[float, float]:
    """Return the answers to running jobs that are not in `history` yet, and the days in which they came.

    jobs      jobs within the filters (frames.jobs)
    history   answers by day since the first of the running jobs began, until yesterday
    today     in the time zone of `now`
    """
    running = jobs[left(jobs) > 0]
    if running.empty:
        return 0.0, 0.0
    begun = running["started_at"].fillna(running["created_at"]).min()
    midnight = pd.Timestamp(today, tz=now.tzinfo)
    elapsed = (pd.Timestamp(now) - max(midnight, begun)) / pd.Timedelta(days=1)
    return max(float(running["answers"].sum()) - float(history.sum()), 0.0), min(max(elapsed, 0.0), 1.0)


def funds(viewer: Viewer) -> float:
    """Return the dollars that are not on hold for a job; negative if credit is used."""
    return float(balance.balance(names.funds(viewer.requester.pk)))
