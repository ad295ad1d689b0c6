"""What is left to do and to spend: answers a day of jobs, whatever the page's days, and the requester's funds."""

from dataclasses import replace

import pandas as pd
from django.db import connection

from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.sources import totals_of
from gtcrowd.identity.access import Viewer
from gtcrowd.ledger import balance, names

RUNNING = ("Initializing", "InProgress", "Stopping")
"""States of jobs that may still want answers."""


def answers_by_day(viewer: Viewer, filters: Filters) -> pd.Series:
    """Answers that filled a seat, by day (every day from the first to the last), of real objects."""
    source = totals_of(viewer, replace(filters, source="real"), ("day",))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT total.day, sum(total.submitted - total.surplus)::float8 "
            f"{source.text} GROUP BY total.day ORDER BY total.day",
            source.facts,
        )
        rows = cursor.fetchall()
    series = pd.Series({pd.Timestamp(day): n for day, n in rows}, dtype="float64").rename_axis("day")
    return series.asfreq("D", fill_value=0.0) if len(series) else series


def left(jobs: pd.DataFrame) -> pd.Series:
    """Answers that each job (of gtcrowd.analytics.frames.jobs) may still want: none once it has ended."""
    rest = (jobs["wanted"].astype("float64") - jobs["answers"].astype("float64")).clip(lower=0)
    return rest.where(jobs["state"].isin(RUNNING), 0.0)


def funds(viewer: Viewer) -> float:
    """Dollars that are not set aside for a job; below zero where credit is used."""
    return float(balance.balance(names.funds(viewer.requester.pk)))
