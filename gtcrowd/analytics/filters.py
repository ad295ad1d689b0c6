"""Which part of the totals a frame is about; the same filters for every page, every address and every call."""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from gtcrowd.identity.access import Viewer

SOURCES = ("all", "real", "gold")


@dataclass(frozen=True)
class Filters:
    """Ids of jobs, teams, workforces and workers, kinds of label, first and last day in the requester's time zone, and
    which objects: all, real ones, or known ones (gold). Empty means all."""

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
        """How many days lie between first and last, both counted; None where one of them is open."""
        return (self.last_day - self.first_day).days + 1 if self.first_day and self.last_day else None

    def before(self) -> "Filters | None":
        """The same over the period of the same length before; None for a period without beginning or end."""
        if self.days is None or self.first_day is None:
            return None
        return replace(
            self, first_day=self.first_day - timedelta(days=self.days), last_day=self.first_day - timedelta(days=1)
        )

    def of(self, *, teams: tuple[int, ...] = (), workforces: tuple[int, ...] = ()) -> "Filters":
        """The same jobs, objects and days of other people: of those teams or workforces, or of everybody."""
        return replace(self, teams=teams, workforces=workforces, workers=())

    def key(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))


def conditions(
    viewer: Viewer, filters: Filters, *, of: str = "total", workforce: str = "worker.workforce_id", days: bool = True
) -> tuple[str, dict[str, Any]]:
    """SQL that keeps what is the viewer's own and within the filters, and its facts.

    `of`: the alias of a table with job_id, worker_id, day and requester_id, as far as the filters name them; `job` is
    joined to it, and `worker`, unless `workforce` names a column of its own. The tenant is part of every query: a
    filter that names a foreign job finds nothing.
    """
    parts = [f"{of}.requester_id = %(requester)s"]
    facts: dict[str, Any] = {"requester": viewer.requester.pk}
    for name, column, chosen in (
        ("jobs", f"{of}.job_id", filters.jobs),
        ("teams", "job.team_id", filters.teams),
        ("workforces", workforce, filters.workforces),
        ("workers", f"{of}.worker_id", filters.workers),
        ("kinds", "job.kind", filters.kinds),
    ):
        if chosen:
            parts.append(f"{column} = ANY(%({name})s)")
            facts[name] = list(chosen)
    if days and filters.first_day:
        parts.append(f"{of}.day >= %(first_day)s")
        facts["first_day"] = filters.first_day
    if days and filters.last_day:
        parts.append(f"{of}.day <= %(last_day)s")
        facts["last_day"] = filters.last_day
    return " AND ".join(parts), facts


def of_jobs(viewer: Viewer, filters: Filters) -> tuple[str, dict[str, Any]]:
    """The same for frames with a row a job, over `job` alone: requester, jobs, teams, kinds."""
    parts = ["job.requester_id = %(requester)s"]
    facts: dict[str, Any] = {"requester": viewer.requester.pk}
    for name, column, chosen in (
        ("jobs", "job.id", filters.jobs),
        ("teams", "job.team_id", filters.teams),
        ("kinds", "job.kind", filters.kinds),
    ):
        if chosen:
            parts.append(f"{column} = ANY(%({name})s)")
            facts[name] = list(chosen)
    return " AND ".join(parts), facts
