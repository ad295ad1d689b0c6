"""Filter totals: the same filters for every page, address and call of the API."""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from gtcrowd.identity.access import Viewer

SOURCES = ("all", "real", "gold")


@dataclass(frozen=True)
class Filters:
    """Ids of jobs, teams, workforces and workers, kinds of label, first and last day in the requester's time zone, and
    the source: all objects, real objects, or gold questions. An empty filter selects everything."""

    jobs: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()
    workforces: tuple[int, ...] = ()
    workers: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    source: str = "all"

    @property
    def days(self) -> int | None:
        """Number of days from first to last inclusive; None if one of them is open."""
        return (self.last_day - self.first_day).days + 1 if self.first_day and self.last_day else None

    def before(self) -> "Filters | None":
        """Return the filters for the preceding period of the same length; None for an open period."""
        if self.days is None or self.first_day is None:
            return None
        return replace(
            self, first_day=self.first_day - timedelta(days=self.days), last_day=self.first_day - timedelta(days=1)
        )

    def of(self, *, teams: tuple[int, ...] = (), workforces: tuple[int, ...] = ()) -> "Filters":
        """Return the same filters for other workers: those of the teams or workforces, or all."""
        return replace(self, teams=teams, workforces=workforces, workers=())

    def key(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))


def conditions(
    viewer: Viewer, filters: Filters, *, of: str = "total", workforce: str = "worker.workforce_id", days: bool = True
) -> tuple[str, dict[str, Any]]:
    """Return SQL conditions for the viewer's own rows within the filters, and their parameters.

    of         alias of a table with requester_id and, as far as filtered, job_id, worker_id and day; `job` is joined to
               it, and `worker` unless `workforce` names a column of its own
    workforce  the column of the workforce id
    days       whether to apply the days

    The requester is part of every condition, so a filter by a job of another requester selects nothing.
    """
    parts = [f"{of}.requester_id = %(requester)s"]
    params: dict[str, Any] = {"requester": viewer.requester.pk}
    for name, column, chosen in (
        ("jobs", f"{of}.job_id", filters.jobs),
        ("teams", "job.team_id", filters.teams),
        ("workforces", workforce, filters.workforces),
        ("workers", f"{of}.worker_id", filters.workers),
        ("kinds", "job.kind", filters.kinds),
    ):
        if chosen:
            parts.append(f"{column} = ANY(%({name})s)")
            params[name] = list(chosen)
    if days and filters.first_day:
        parts.append(f"{of}.day >= %(first_day)s")
        params["first_day"] = filters.first_day
    if days and filters.last_day:
        parts.append(f"{of}.day <= %(last_day)s")
        params["last_day"] = filters.last_day
    return " AND ".join(parts), params


def of_jobs(viewer: Viewer, filters: Filters) -> tuple[str, dict[str, Any]]:
    """Return conditions over `job` alone, by requester, jobs, teams and kinds, and their parameters."""
    parts = ["job.requester_id = %(requester)s"]
    params: dict[str, Any] = {"requester": viewer.requester.pk}
    for name, column, chosen in (
        ("jobs", "job.id", filters.jobs),
        ("teams", "job.team_id", filters.teams),
        ("kinds", "job.kind", filters.kinds),
    ):
        if chosen:
            parts.append(f"{column} = ANY(%({name})s)")
            params[name] = list(chosen)
    return " AND ".join(parts), params
