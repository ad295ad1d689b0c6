"""List the tables of the API and of exports by name: the same frames and measures as on the pages."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pandas as pd
from django.db import connection

from gtcrowd.analytics import frames
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import categories
from gtcrowd.analytics.measures import workers as measures
from gtcrowd.identity.access import Viewer

Report = Callable[[Viewer, Filters], pd.DataFrame]
KEYS = {"team": "workforce_team", "workforce": "workforce_workforce", "job": "jobs_job"}


def workers(viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """Return one row per worker, with metrics."""
    return measures.measured(frames.workers(viewer, filters))


def days(viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """Return one row per day, with metrics."""
    return measures.measured(frames.totals(viewer, filters, by="day"), pooled=False)


def worker_days(viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """Return one row per worker and day, with metrics and the worker's name."""
    totals = frames.totals(viewer, filters, by="worker", and_by="day")
    names = frames.workers(viewer, filters)[["worker_id", "worker", "code"]]
    return measures.measured(names.merge(totals, on="worker_id"), pooled=False)


def grouped(by: str) -> Report:
    """Return a report with one row per team, workforce or job that has totals, with its name."""

    def report(viewer: Viewer, filters: Filters) -> pd.DataFrame:
        totals = frames.totals(viewer, filters, by=by)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id, name FROM {KEYS[by]} WHERE id = ANY(%s)", [totals[f"{by}_id"].tolist()])  # noqa: S608
            names = pd.DataFrame(cursor.fetchall(), columns=[f"{by}_id", by])
        return measures.measured(names.merge(totals, on=f"{by}_id"), pooled=False).sort_values(by, ignore_index=True)

    return report


def classes(viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """Return one row per job and category, over all days: job_id, job, and the columns of measures.categories."""
    tables = [
        categories.by_category(row["confusion"], row["categories"]).assign(job_id=row["job_id"], job=row["job"])
        for row in frames.confusions(viewer, filters).to_dict("records")
    ]
    names = ["job_id", "job", *categories.by_category([[0]], ["-"]).columns]
    return pd.concat(tables, ignore_index=True)[names] if tables else pd.DataFrame(columns=names)


REPORTS: Mapping[str, Report] = MappingProxyType(
    {
        "workers": workers,
        "days": days,
        "worker-days": worker_days,
        "teams": grouped("team"),
        "workforces": grouped("workforce"),
        "job-totals": grouped("job"),
        "jobs": frames.jobs,
        "hours": frames.hours,
        "classes": classes,
        "cases": lambda viewer, filters: frames.cases(viewer, filters, state=None),
    }
)
