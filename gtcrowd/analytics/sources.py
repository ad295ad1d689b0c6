"""Choose the coarsest totals that can answer a query.

- `Day`, per job, worker and day: for queries by job, team or kind, or by worker and day;
- `PeriodTotal`, per worker over all jobs of the requester: any period consists of a few of them;
- `RequesterDay`, per day over all workers: for queries by day only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from gtcrowd.analytics.filters import Filters, conditions
from gtcrowd.analytics.measures import latency
from gtcrowd.analytics.measures.periods import cover
from gtcrowd.identity.access import Viewer

NAMES: Mapping[str, str] = MappingProxyType(
    {"worker": "worker_id", "job": "job_id", "team": "team_id", "workforce": "workforce_id", "kind": "kind",
     "day": "day"}
)  # fmt: skip
"""The groups of totals, and their columns in a frame."""
COLUMNS: Mapping[str, str] = MappingProxyType(
    {"worker": "total.worker_id", "job": "total.job_id", "team": "job.team_id", "workforce": "worker.workforce_id",
     "kind": "job.kind", "day": "total.day"}
)  # fmt: skip
JOB = "JOIN jobs_job job ON job.id = total.job_id"
WORKER = "JOIN workforce_worker worker ON worker.id = total.worker_id"
OWN = "total.workforce_id"
DISTINCT = "count(DISTINCT total.worker_id) FILTER (WHERE submitted > 0)"
IN_PERIOD = (
    " AND (total.size, total.first) IN (SELECT size, first FROM unnest(%(sizes)s::int[], %(firsts)s::date[]) "
    "AS block(size, first))"
)


@dataclass(frozen=True)
class Source:
    """SQL that reads totals.

    text     FROM and WHERE over rows `total` of the viewer's requester within the filters
    params   parameters of `text`
    columns  SQL columns by group
    active   SQL expression of the number of workers with answers, for groups of several workers
    worked   query of days with answers and last day by worker
    part     SQL column that splits the rows into chunks
    counts   dtype of the stored histograms
    """

    text: str
    params: dict[str, Any]
    columns: Mapping[str, str] = field(default_factory=lambda: COLUMNS)
    active: str = DISTINCT
    worked: str = ""
    part: str = "total.day"
    counts: np.dtype[Any] = latency.STORED


def totals_of(viewer: Viewer, filters: Filters, groups: Sequence[str]) -> Source:
    """Return totals that can be grouped by these groups."""
    if filters.jobs or filters.teams or filters.kinds or {"job", "team", "kind"} & set(groups):
        return _of_jobs(viewer, filters, groups)
    if "day" not in groups:
        return _of_periods(viewer, filters)
    if filters.workers or "worker" in groups:
        return _of_jobs(viewer, filters, groups)
    return _of_requester(viewer, filters)


def scored(viewer: Viewer, filters: Filters, groups: Sequence[str]) -> Source:
    """Return the comparison of answers with labels as of the last runs of the jobs."""
    where, params = conditions(viewer, filters)
    return Source(f"FROM analytics_quality total {_joins(filters, groups)} WHERE {where}", params)


def _of_jobs(viewer: Viewer, filters: Filters, groups: Sequence[str]) -> Source:
    where, params = conditions(viewer, filters)
    text = f"FROM analytics_day total {_joins(filters, groups)} WHERE {where}{_object_source(filters)}"
    worked = (
        "SELECT worker_id, count(*) FILTER (WHERE answers > 0) AS days, max(day) AS last_day "  # noqa: S608
        f"FROM (SELECT total.worker_id, total.day, sum(submitted) AS answers {text} GROUP BY 1, 2) AS days GROUP BY 1"
    )
    return Source(text, params, worked=worked)


def _of_periods(viewer: Viewer, filters: Filters) -> Source:
    where, params = conditions(viewer, filters, workforce=OWN, days=False)
    sizes, firsts = zip(*cover(filters.first_day, filters.last_day), strict=True)
    text = f"FROM analytics_periodtotal total WHERE {where}{_object_source(filters)}{IN_PERIOD}"
    days = "days_alone" if filters.source == "all" else "days"
    return Source(
        text,
        params | {"sizes": list(sizes), "firsts": list(firsts)},
        columns={"worker": "total.worker_id", "workforce": OWN},
        worked=f"SELECT worker_id, sum({days})::bigint AS days, max(last_day) AS last_day {text} GROUP BY 1",
        part="total.first",
        counts=latency.SUMMED,
    )


def _of_requester(viewer: Viewer, filters: Filters) -> Source:
    where, params = conditions(viewer, filters, workforce=OWN)
    return Source(
        f"FROM analytics_requesterday total WHERE {where}{_object_source(filters)}",
        params,
        columns={"workforce": OWN, "day": "total.day"},
        active=f"sum(total.{'workers_alone' if filters.source == 'all' else 'workers'})",
        counts=latency.SUMMED,
    )


def _joins(filters: Filters, groups: Sequence[str]) -> str:
    """Return the joins that the filters or groups need."""
    joins = [JOB] if filters.teams or filters.kinds or {"team", "kind"} & set(groups) else []
    joins += [WORKER] if filters.workforces or "workforce" in groups else []
    return " ".join(joins)


def _object_source(filters: Filters) -> str:
    return {"all": "", "gold": " AND total.gold", "real": " AND NOT total.gold"}[filters.source]
