"""Totals into frames: each function asks the database once or twice, and reads no answers.

Every frame is of the viewer's requester only. A worker is called by name to those who run the workforce, and
by code to everybody else. Times are seconds, money is in dollars, days are those of the requester's time zone.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import psycopg
from django.db import connection

from gtcrowd.analytics import data_version
from gtcrowd.analytics.filters import Filters, of_jobs
from gtcrowd.analytics.measures import latency
from gtcrowd.analytics.models import JobQuality
from gtcrowd.analytics.sources import NAMES as CALLED
from gtcrowd.analytics.sources import Source, scored, totals_of
from gtcrowd.identity.access import Viewer
from gtcrowd.jobs.models import JobChange
from gtcrowd.platform.reasons import sentence

NAME = "CASE WHEN workforce.type = 'private' AND person.name <> '' THEN person.name ELSE worker.code END"
SUMS = """
sum(total.submitted) AS submitted, sum(total.late) AS late, sum(total.extra) AS extra,
sum(total.returned) AS returned, sum(total.declined) AS declined, sum(total.expired) AS expired,
sum(total.seconds) AS seconds, sum(total.active_seconds) AS active_seconds,
sum(total.active) AS active, sum(total.lost_seconds) AS lost_seconds, sum(total.paid) AS paid
"""
JUDGED = """
sum(total.scored) AS scored, sum(total.expected_correct) AS expected_correct, sum(total.variance) AS variance,
sum(total.compared) AS compared, sum(total.agreement_sum) AS agreement_sum, sum(total.truth_n) AS truth_n,
sum(total.truth_right) AS truth_right, sum(total.gold_n) AS gold_n, sum(total.gold_right) AS gold_right
"""
QUALITY_COLUMNS = (
    "scored", "expected_correct", "variance", "compared", "agreement_sum", "truth_n", "truth_right",
    "gold_n", "gold_right",
)  # fmt: skip
COUNTS = ("submitted", "late", "extra", "returned", "declined", "expired", "active")
MOST_JOBS = 500
"""Of the newest jobs, that are told of at once."""
NAMES = {
    "worker": f"SELECT worker.id, {NAME} FROM workforce_worker worker "  # noqa: S608
    "JOIN workforce_workforce workforce ON workforce.id = worker.workforce_id "
    "JOIN identity_user person ON person.id = worker.user_id WHERE worker.id = ANY(%(ids)s)",
    "team": "SELECT id, name FROM workforce_team WHERE id = ANY(%(ids)s)",
    "workforce": "SELECT id, name FROM workforce_workforce WHERE id = ANY(%(ids)s)",
}


def workers(viewer: Viewer, filters: Filters, *, latencies: bool = True) -> pd.DataFrame:
    """A row a worker: worker_id, worker (name or code), code, workforce_id, workforce, type (of the workforce), state;
    the columns of `totals`; days (with at least one answer), last_day; `open_cases`."""
    frame = totals(viewer, filters, by="worker", latencies=latencies)
    source = totals_of(viewer, filters, ("worker",))
    seen = _frame(source.seen, source.facts)
    people = _frame(
        f"SELECT worker.id AS worker_id, {NAME} AS worker, worker.code, workforce.id AS workforce_id, "  # noqa: S608
        "workforce.name AS workforce, "
        "workforce.type, worker.state, count(flagged.id) AS open_cases "
        "FROM workforce_worker worker JOIN workforce_workforce workforce ON workforce.id = worker.workforce_id "
        "JOIN identity_user person ON person.id = worker.user_id "
        "LEFT JOIN analytics_case flagged ON flagged.worker_id = worker.id AND flagged.state = 'open' "
        "AND flagged.requester_id = %(requester)s "
        "WHERE worker.id = ANY(%(ids)s) GROUP BY worker.id, workforce.id, person.id",
        {"ids": frame["worker_id"].tolist(), "requester": viewer.requester.pk},
    )
    found = people.merge(frame, on="worker_id", how="inner").merge(seen, on="worker_id", how="left")
    return found.sort_values(["worker", "worker_id"], ignore_index=True)


def totals(
    viewer: Viewer, filters: Filters, *, by: str | None, and_by: str | None = None, latencies: bool = True
) -> pd.DataFrame:
    """A row for each value of what is grouped by: none (one row of all), one or two of CALLED.

    submitted, late, extra, returned, declined, expired (counts); seconds, active_seconds (sums over answers), active
    (answers with active time), lost_seconds (on tasks left), paid; workers (active ones); and, as the last runs of the
    jobs see it: scored, expected_correct, variance, compared, agreement_sum, truth_n, truth_right, gold_n,
    gold_right (see definitions.py). The latter are 0 where no run has been. With `latencies`, and one group: p50, p75,
    p90, active_p50 (percentiles of the time of an answer)."""
    chosen = tuple(name for name in (by, and_by) if name)
    names = [CALLED[name] for name in chosen]
    grouped = f"GROUP BY {', '.join(str(place + 1) for place in range(len(names)))}" if names else ""
    # All together is told by the days of everybody as well, but for the workers.
    source = totals_of(viewer, filters, chosen or ("day",))
    # Counting distinct workers sorts everything, and a group of one worker has one.
    active = "(sum(submitted) > 0)::int" if "worker" in chosen else source.active if chosen else "0"
    frame = _frame(
        f"SELECT {_columns(source, chosen)}{SUMS}, {active} AS workers {source.text} {grouped}", source.facts
    )
    labels = compared(viewer, filters, *chosen)
    frame = frame.merge(labels, on=names, how="left") if names else frame.join(labels)
    figures = [name for name in frame.columns if name not in names]
    frame[figures] = frame[figures].astype("float64").fillna(0)
    whole = (*COUNTS, "workers", "scored", "compared", "truth_n", "truth_right", "gold_n", "gold_right")
    frame[list(whole)] = frame[list(whole)].astype("int64")
    frame = (
        frame.sort_values(names, ignore_index=True) if names else frame.assign(workers=active_workers(viewer, filters))
    )
    if latencies and by and and_by is None and by != "kind":
        _add_percentiles(frame, viewer, filters, by)
    return frame


def active_workers(viewer: Viewer, filters: Filters) -> int:
    """Workers with at least one answer."""
    source = totals_of(viewer, filters, ("worker",))
    query = f"SELECT count(*) FROM (SELECT {source.text} AND total.submitted > 0 GROUP BY total.worker_id) AS active"  # noqa: S608
    return int(_rows(query, source.facts)[0][0])


def compared(viewer: Viewer, filters: Filters, *groups: str) -> pd.DataFrame:
    """The part of `totals` that says how answers compare with labels; a group whose jobs no run has seen has no row."""
    source = scored(viewer, filters, groups)
    grouped = f"GROUP BY {', '.join(str(place + 1) for place in range(len(groups)))}" if groups else ""
    found = _frame(f"SELECT {_columns(source, groups)}{JUDGED} {source.text} {grouped}", source.facts)
    return found.astype(dict.fromkeys(QUALITY_COLUMNS, "float64"))


def daily(viewer: Viewer, filters: Filters, *, by: str, most: int = 12) -> pd.DataFrame:
    """A row a day and group, of a worker, team or workforce: day, group (its name; "others" for all beyond the `most`
    largest), pk (its id; NaN for these), submitted. What a chart by day can show, and no more than that is read."""
    source = totals_of(viewer, filters, (by,))
    largest = _rows(
        f"SELECT {source.columns[by]}, sum(total.submitted) AS n {source.text} GROUP BY 1 ORDER BY n DESC, 1 "
        f"LIMIT {most}",
        source.facts,
    )
    chosen = [pk for pk, _n in largest]
    every = _submitted_by_day(viewer, filters)
    narrowed: dict[str, Any] = {f"{by}s": tuple(chosen)}
    theirs = _submitted_by_day(viewer, replace(filters, **narrowed), by) if chosen else every.iloc[:0]
    rest = every.set_index("day")["submitted"].sub(theirs.groupby("day")["submitted"].sum(), fill_value=0)
    names = dict(_rows(NAMES[by], {"ids": chosen})) if chosen else {}
    theirs = theirs.assign(group=[names.get(int(pk), str(int(pk))) for pk in theirs["pk"]])
    others = rest[rest > 0].rename_axis("day").reset_index(name="submitted").assign(group="others", pk=None)
    found = pd.concat([theirs, others]) if len(others) else theirs
    found = found.astype({"submitted": "int64", "pk": "float64"}).sort_values("day", kind="stable", ignore_index=True)
    return found[["day", "group", "pk", "submitted"]]


def _submitted_by_day(viewer: Viewer, filters: Filters, by: str | None = None) -> pd.DataFrame:
    """day, pk (of the group), submitted."""
    source = totals_of(viewer, filters, ("day", by) if by else ("day",))
    column = source.columns[by] if by else "NULL"
    return _frame(
        f"SELECT total.day, {column} AS pk, sum(total.submitted)::bigint AS submitted {source.text} "
        "GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2",
        source.facts,
    )


def times(viewer: Viewer, filters: Filters) -> tuple[npt.NDArray[np.int64], pd.DataFrame]:
    """Answers by class of time, [64], and what `hours` gives, of all that the filters leave."""
    source = totals_of(viewer, filters, ("day",))
    weekday, counts = _bytes(
        "extract(isodow FROM total.day)::bigint - 1", "latency || hours", source, latency.CLASSES + latency.HOURS
    )
    table = np.zeros((7, latency.CLASSES + latency.HOURS), dtype=np.int64)
    for day in range(7):
        table[day] = counts[weekday == day].sum(axis=0, dtype=np.int64)
    hours_ = pd.DataFrame(table[:, latency.CLASSES :]).rename_axis("weekday").reset_index()
    return table[:, : latency.CLASSES].sum(axis=0), hours_


def hours(viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """Answers by weekday (0 is Monday) and hour: weekday, and columns 0 to 23; always seven rows."""
    return times(viewer, filters)[1]


def latencies(viewer: Viewer, filters: Filters, *, active: bool = False) -> npt.NDArray[np.int64]:
    """Answers by class of time, [64], over all that the filters leave; `active`: by active time."""
    source = totals_of(viewer, filters, ("day",))
    _key, counts = _bytes("0::bigint", "active_latency" if active else "latency", source, latency.CLASSES)
    return np.asarray(counts.sum(axis=0, dtype=np.int64))


def jobs(viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """A row a job, the newest first, 500 at most, whatever the days: job_id, job, kind, state, reason_code, reason,
    paused (whether), team_id, team, workers_per_object, price, objects, labeled, machine, failed, answers (that filled
    a slot), target_answers (answers), budget, paid, created_at, started_at, ended_at, counted_at, expected_error,
    saved_answers, saved_low, saved_high."""
    where, facts = of_jobs(viewer, filters)
    frame = _frame(
        f"""
        SELECT job.id AS job_id, job.name AS job, job.kind, job.state, job.reason_code, job.reason_params AS reason,
               job.paused_at IS NOT NULL AS paused, job.team_id, team.name AS team, job.workers_per_object,
               job.price::float8 AS price, job.objects_total AS objects,
               counters.human_labeled + counters.machine_labeled AS labeled, counters.machine_labeled AS machine,
               counters.failed, counters.answers, job.objects_total::bigint * job.workers_per_object AS target_answers,
               (job.objects_total * job.workers_per_object * job.price)::float8 AS budget,
               coalesce((SELECT sum(paid) FROM tasks_jobworker stands WHERE stands.job_id = job.id), 0)::float8 AS paid,
               job.created_at, job.started_at, job.ended_at, counters.counted_at, counters.expected_error,
               (counters.saved ->> 'answers')::bigint AS saved_answers, (counters.saved ->> 'low')::bigint AS saved_low,
               (counters.saved ->> 'high')::bigint AS saved_high
        FROM jobs_job job JOIN jobs_counters counters ON counters.job_id = job.id
        JOIN workforce_team team ON team.id = job.team_id
        WHERE {where} ORDER BY job.created_at DESC, job.id DESC LIMIT {MOST_JOBS}
        """,  # noqa: S608
        facts,
        of_json=["reason"],
    )
    frame["reason"] = [
        sentence(code, params) for code, params in zip(frame["reason_code"], frame["reason"], strict=True)
    ]
    return frame


def job_quality(viewer: Viewer, job_id: int) -> dict[str, Any] | None:
    """What the last official run of one of the viewer's jobs says of it (gtcrowd.analytics.quality); None without one,
    or for a foreign job. `made_at` is the time, as ISO 8601."""
    found = JobQuality.objects.visible_to(viewer).filter(job=job_id).first()
    return None if found is None else {**found.content, "made_at": found.made_at.isoformat()}


def profiles(viewer: Viewer, worker_id: int, filters: Filters) -> pd.DataFrame:
    """A row for each job of a worker that has been run: job_id, job, categories, answers, confusion (counts, rows what
    is right, columns the answer; None for kinds without categories)."""
    where, facts = of_jobs(viewer, filters)
    return _frame(
        "SELECT job.id AS job_id, job.name AS job, job.categories, one.answers, one.confusion "  # noqa: S608
        f"FROM analytics_profile one JOIN jobs_job job ON job.id = one.job_id "
        f"WHERE {where} AND one.worker_id = %(worker)s "
        "ORDER BY one.answers DESC, job.id LIMIT 100",
        facts | {"worker": worker_id},
        of_json=("categories", "confusion"),
    )


def confusions(viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """A row a job with categories that has been run, the newest first, whatever the days: job_id, job, categories,
    confusion (counts, rows what is right, columns the answer), of all its workers, or of those the filters name."""
    where, facts = of_jobs(viewer, filters)
    if not filters.workers and not filters.workforces:
        return _frame(
            "SELECT job.id AS job_id, job.name AS job, job.categories, seen.content -> 'confusion' AS confusion "  # noqa: S608
            "FROM analytics_jobquality seen JOIN jobs_job job ON job.id = seen.job_id "
            f"WHERE {where} AND seen.content -> 'confusion' <> 'null' "
            "ORDER BY job.created_at DESC, job.id DESC LIMIT 500",
            facts,
            of_json=("categories", "confusion"),
        )
    whose = [part for part, chosen in (
        ("one.worker_id = ANY(%(workers)s)", filters.workers),
        ("worker.workforce_id = ANY(%(workforces)s)", filters.workforces),
    ) if chosen]  # fmt: skip
    found = _frame(
        "SELECT job.id AS job_id, job.name AS job, job.categories, one.confusion FROM analytics_profile one "  # noqa: S608
        "JOIN jobs_job job ON job.id = one.job_id JOIN workforce_worker worker ON worker.id = one.worker_id "
        f"WHERE {where} AND {' AND '.join(whose)} AND one.confusion <> 'null' "
        "ORDER BY job.created_at DESC, job.id DESC, one.worker_id LIMIT 5000",
        facts | {"workers": list(filters.workers), "workforces": list(filters.workforces)},
        of_json=("categories", "confusion"),
    )
    sums = found.groupby("job_id", sort=False)["confusion"].agg(lambda tables: np.sum(tables.tolist(), axis=0).tolist())
    return found.drop_duplicates("job_id").assign(confusion=sums.to_list()).reset_index(drop=True)


def kept(viewer: Viewer, worker_id: int, filters: Filters, *, most: int = 20) -> pd.DataFrame:
    """What the last official runs of a worker's jobs keep of them, a row a job, those with most of their answers first:
    job_id, job, categories, confusion (the whole job's), threshold and drift (gtcrowd.analytics.cusum, of this worker),
    crowd and boxes (gtcrowd.analytics.measures.boxes, of all and of this worker); None where there is nothing."""
    where, facts = of_jobs(viewer, filters)

    def own(part: str) -> str:
        return (
            f"(SELECT one FROM jsonb_array_elements(nullif(seen.content #> '{{{part},workers}}', 'null')) one "  # noqa: S608
            f"WHERE (one ->> 'worker')::bigint = %(worker)s LIMIT 1) AS {part}"
        )

    return _frame(
        "SELECT job.id AS job_id, job.name AS job, job.categories, seen.content -> 'confusion' AS confusion, "  # noqa: S608
        f"(seen.content #>> '{{drift,threshold}}')::float8 AS threshold, {own('drift')}, "
        f"seen.content #> '{{boxes,crowd}}' AS crowd, {own('boxes')} "
        "FROM analytics_profile mine JOIN jobs_job job ON job.id = mine.job_id "
        "JOIN analytics_jobquality seen ON seen.job_id = job.id "
        f"WHERE {where} AND mine.worker_id = %(worker)s ORDER BY mine.answers DESC, job.id LIMIT {most}",
        facts | {"worker": worker_id},
        of_json=("categories", "confusion", "drift", "crowd", "boxes"),
    )


def changes(viewer: Viewer, job_id: int, *, most: int = 200) -> pd.DataFrame:
    """What was changed in one of the viewer's jobs while it ran, the newest first: at (in the requester's time zone,
    without it), field, before, after (gtcrowd.jobs.models.Change)."""
    found = JobChange.objects.visible_to(viewer).filter(job=job_id).order_by("-at", "-pk")[:most]
    zone = ZoneInfo(viewer.requester.zone)
    rows = [[one.at.astimezone(zone).replace(tzinfo=None), one.field, one.before, one.after] for one in found]
    return pd.DataFrame(rows, columns=["at", "field", "before", "after"])


def cases(viewer: Viewer, filters: Filters, *, state: str | None = "open") -> pd.DataFrame:
    """A row a case, the newest first, 500 at most: case_id, category, worker_id, worker, job_id, job, ratio, evidence,
    state, note, opened_at, decided_at."""
    parts = ["flagged.requester_id = %(requester)s"]
    facts: dict[str, Any] = {"requester": viewer.requester.pk}
    for name, column, chosen in (
        ("workers", "flagged.worker_id", filters.workers), ("jobs", "flagged.job_id", filters.jobs),
        ("workforces", "worker.workforce_id", filters.workforces),
    ):  # fmt: skip
        if chosen:
            parts.append(f"{column} = ANY(%({name})s)")
            facts[name] = list(chosen)
    if state:
        parts.append("flagged.state = %(state)s")
        facts["state"] = state
    return _frame(
        f"""
        SELECT flagged.id AS case_id, flagged.category, flagged.worker_id, {NAME} AS worker, flagged.job_id,
               job.name AS job, flagged.ratio, flagged.evidence, flagged.state, flagged.note, flagged.opened_at,
               flagged.decided_at
        FROM analytics_case flagged JOIN workforce_worker worker ON worker.id = flagged.worker_id
        JOIN workforce_workforce workforce ON workforce.id = worker.workforce_id
        JOIN identity_user person ON person.id = worker.user_id
        LEFT JOIN jobs_job job ON job.id = flagged.job_id
        WHERE {" AND ".join(parts)} ORDER BY flagged.opened_at DESC, flagged.id DESC LIMIT 500
        """,  # noqa: S608
        facts,
        of_json=("evidence",),
    )


def options(viewer: Viewer) -> dict[str, list[tuple[Any, str]]]:
    """What can be chosen: value and name of the viewer's jobs, their teams, workforces and kinds, and the workers who
    have totals; 1000 jobs and 5000 workers at most, the newest and the busiest."""
    facts = {"requester": viewer.requester.pk}
    of_worker = (
        "FROM (SELECT worker_id, sum(submitted) AS n FROM analytics_day WHERE requester_id = %(requester)s "
        "GROUP BY worker_id ORDER BY n DESC LIMIT 5000) seen "
        "JOIN workforce_worker worker ON worker.id = seen.worker_id "
        "JOIN workforce_workforce workforce ON workforce.id = worker.workforce_id "
        "JOIN identity_user person ON person.id = worker.user_id"
    )
    queries = {
        "jobs": "SELECT id, name FROM jobs_job WHERE requester_id = %(requester)s ORDER BY created_at DESC LIMIT 1000",
        "teams": "SELECT DISTINCT team.id, team.name FROM jobs_job job "
        "JOIN workforce_team team ON team.id = job.team_id "
        "WHERE job.requester_id = %(requester)s ORDER BY team.name",
        "workforces": "SELECT DISTINCT workforce.id, workforce.name FROM jobs_job job "
        "JOIN workforce_team team ON team.id = job.team_id JOIN workforce_workforce workforce "
        "ON workforce.id = team.workforce_id WHERE job.requester_id = %(requester)s ORDER BY workforce.name",
        "workers": f"SELECT worker.id, {NAME} AS name {of_worker} ORDER BY name, worker.id",
        "kinds": "SELECT DISTINCT kind, kind FROM jobs_job WHERE requester_id = %(requester)s ORDER BY kind",
    }
    return {name: _rows(query, facts) for name, query in queries.items()}


def names(viewer: Viewer, workers: Sequence[int]) -> dict[int, str]:
    """Names (or codes) of those of the workers, by id, who have totals with the viewer's requester."""
    return dict(
        _rows(
            NAMES["worker"] + " AND EXISTS (SELECT FROM analytics_day total WHERE total.worker_id = worker.id "
            "AND total.requester_id = %(requester)s)",
            {"ids": list(workers), "requester": viewer.requester.pk},
        )
    )


def as_of(viewer: Viewer) -> dict[str, Any]:
    """How fresh the totals are: `now` (the database's clock, in the requester's time zone), and `waiting`, the number
    of the requester's events not yet in them."""
    seen = data_version.look(viewer)
    return {"now": pd.Timestamp(seen.now), "waiting": seen.waiting}


def _columns(source: Source, groups: Sequence[str]) -> str:
    return "".join(f"{source.columns[name]} AS {CALLED[name]}, " for name in groups)


def _add_percentiles(frame: pd.DataFrame, viewer: Viewer, filters: Filters, by: str) -> None:
    source, name = totals_of(viewer, filters, (by,)), CALLED[by]
    column = source.columns[by]
    key = f"({column} - date '2000-01-01')::bigint" if by == "day" else f"{column}::bigint"
    keys, counts = _bytes(key, "latency || active_latency", source, 2 * latency.CLASSES)
    places = (pd.to_datetime(frame[name]) - pd.Timestamp("2000-01-01")).dt.days if by == "day" else frame[name]
    # The frame is in the order of its key.
    place = np.searchsorted(places.to_numpy(), keys)
    table = np.zeros((len(frame), 2 * latency.CLASSES), dtype=np.int64)
    order = np.argsort(place, kind="stable")
    if len(order):
        first = np.flatnonzero(np.diff(place[order], prepend=-1))
        table[place[order][first]] = np.add.reduceat(counts[order], first, axis=0, dtype=np.uint32)
    for title, share in (("p50", 0.5), ("p75", 0.75), ("p90", 0.9)):
        frame[title] = latency.percentile(table[:, : latency.CLASSES], share)
    frame["active_p50"] = latency.percentile(table[:, latency.CLASSES :], 0.5)


def _bytes(
    key: str, counts: str, source: Source, size: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.unsignedinteger[Any]]]:
    """A number and so many counts a row, [rows] and [rows, size]: many rows come as one value, for fetching them one
    by one would take longer than all the rest."""
    query = f"SELECT string_agg(int8send({key}) || {counts}, ''::bytea) {source.text} GROUP BY {source.part}"
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(query, source.facts, binary=True)
        found = b"".join(value for (value,) in cursor.fetchall())
    rows = np.frombuffer(found, dtype=np.dtype([("key", ">i8"), ("counts", source.counts, (size,))]))
    return rows["key"].astype(np.int64), rows["counts"].astype(source.counts.newbyteorder("="))


def _rows(query: str, facts: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, facts)
        return cursor.fetchall()


def _frame(query: str, facts: dict[str, Any], *, of_json: Sequence[str] = ()) -> pd.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(query, facts)
        frame = pd.DataFrame(cursor.fetchall(), columns=[column[0] for column in cursor.description or ()])
    for name in of_json:
        frame[name] = [json.loads(one) if isinstance(one, str) else one for one in frame[name]]
    return frame
