"""Read totals into frames; each function runs one or two queries, and none reads answers.

Every frame is limited to the viewer's requester. Workers appear by name to the operator of their workforce, and by code
to everybody else. Times are in seconds, money in dollars, and days in the requester's time zone.
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

from gtcrowd.analytics import data_version, quality_report
from gtcrowd.analytics.columns import rows
from gtcrowd.analytics.filters import Filters, of_jobs
from gtcrowd.analytics.measures import latency
from gtcrowd.analytics.models import JobQuality
from gtcrowd.analytics.quality_report import QualityReport, StoredReport
from gtcrowd.analytics.sources import NAMES as GROUP_COLUMNS
from gtcrowd.analytics.sources import Source, scored, totals_of
from gtcrowd.identity.access import Viewer
from gtcrowd.jobs.models import JobChange
from gtcrowd.platform.reasons import Reason, sentence

NAME = "CASE WHEN workforce.type = 'private' AND person.name <> '' THEN person.name ELSE worker.code END"
SUMS = """
sum(total.submitted) AS submitted, sum(total.late) AS late, sum(total.extra) AS extra,
sum(total.returned) AS returned, sum(total.declined) AS declined, sum(total.expired) AS expired,
sum(total.seconds) AS seconds, sum(total.active_seconds) AS active_seconds,
sum(total.active) AS active, sum(total.lost_seconds) AS lost_seconds, sum(total.paid) AS paid
"""
COMPARISONS = """
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
"""Maximum number of jobs in a frame, newest first."""
NAMES = {
    "worker": f"SELECT worker.id, {NAME} FROM workforce_worker worker "  # noqa: S608
    "JOIN workforce_workforce workforce ON workforce.id = worker.workforce_id "
    "JOIN identity_user person ON person.id = worker.user_id WHERE worker.id = ANY(%(ids)s)",
    "team": "SELECT id, name FROM workforce_team WHERE id = ANY(%(ids)s)",
    "workforce": "SELECT id, name FROM workforce_workforce WHERE id = ANY(%(ids)s)",
}


def workers(viewer: Viewer, filters: Filters, *, latencies: bool = True) -> pd.DataFrame:
    """Return one row per worker.

    worker_id, worker (name or code), code, workforce_id, workforce, type (of the workforce), state; the columns of
    `totals`; days (with at least one answer), last_day; open_cases.
    """
    frame = totals(viewer, filters, by="worker", latencies=latencies)
    source = totals_of(viewer, filters, ("worker",))
    worked = _frame(source.worked, source.params)
    persons = _frame(
        f"SELECT worker.id AS worker_id, {NAME} AS worker, worker.code, workforce.id AS workforce_id, "  # noqa: S608
        "workforce.name AS workforce, "
        "workforce.type, worker.state, count(suspicion.id) AS open_cases "
        "FROM workforce_worker worker JOIN workforce_workforce workforce ON workforce.id = worker.workforce_id "
        "JOIN identity_user person ON person.id = worker.user_id "
        "LEFT JOIN analytics_case suspicion ON suspicion.worker_id = worker.id AND suspicion.state = 'open' "
        "AND suspicion.requester_id = %(requester)s "
        "WHERE worker.id = ANY(%(ids)s) GROUP BY worker.id, workforce.id, person.id",
        {"ids": frame["worker_id"].tolist(), "requester": viewer.requester.pk},
    )
    result = persons.merge(frame, on="worker_id", how="inner").merge(worked, on="worker_id", how="left")
    return result.sort_values(["worker", "worker_id"], ignore_index=True)


def totals(
    viewer: Viewer, filters: Filters, *, by: str | None, and_by: str | None = None, latencies: bool = True
) -> pd.DataFrame:
    """Return one row per group; groups are up to two of sources.NAMES, without one there is a single row.

    submitted, late, extra, returned, declined, expired (counts); seconds, active_seconds (sums over answers), active
    (answers with active time), lost_seconds (on tasks without an answer), paid; workers (with an answer); and as of the
    last runs of the jobs: scored, expected_correct, variance, compared, agreement_sum, truth_n, truth_right, gold_n,
    gold_right (see definitions.py), which are 0 without a run. With `latencies` and a single group: p50, p75, p90,
    active_p50 (percentiles of answer times).
    """
    chosen = tuple(name for name in (by, and_by) if name)
    names = [GROUP_COLUMNS[name] for name in chosen]
    grouped = f"GROUP BY {', '.join(str(column + 1) for column in range(len(names)))}" if names else ""
    # The total over everything is read from days as well, except for the number of workers.
    source = totals_of(viewer, filters, chosen or ("day",))
    # Counting distinct workers sorts all rows; a group of one worker needs no count.
    active = "(sum(submitted) > 0)::int" if "worker" in chosen else source.active if chosen else "0"
    frame = _frame(
        f"SELECT {_columns(source, chosen)}{SUMS}, {active} AS workers {source.text} {grouped}", source.params
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
    """Return the number of workers with at least one answer."""
    source = totals_of(viewer, filters, ("worker",))
    query = f"SELECT count(*) FROM (SELECT {source.text} AND total.submitted > 0 GROUP BY total.worker_id) AS active"  # noqa: S608
    return int(rows(query, source.params)[0][0])


def compared(viewer: Viewer, filters: Filters, *groups: str) -> pd.DataFrame:
    """Return the part of `totals` that compares answers with labels; a group without a run has no row."""
    source = scored(viewer, filters, groups)
    grouped = f"GROUP BY {', '.join(str(column + 1) for column in range(len(groups)))}" if groups else ""
    result = _frame(f"SELECT {_columns(source, groups)}{COMPARISONS} {source.text} {grouped}", source.params)
    return result.astype(dict.fromkeys(QUALITY_COLUMNS, "float64"))


def daily(viewer: Viewer, filters: Filters, *, by: str, most: int = 12) -> pd.DataFrame:
    """Return answers by day and group, where groups are workers, teams or workforces.

    day, group (name; "others" for all but the `most` largest), pk (id; NaN for others), submitted.
    """
    source = totals_of(viewer, filters, (by,))
    largest = rows(
        f"SELECT {source.columns[by]}, sum(total.submitted) AS n {source.text} GROUP BY 1 ORDER BY n DESC, 1 "
        f"LIMIT {most}",
        source.params,
    )
    chosen = [pk for pk, _n in largest]
    all_days = _submitted_by_day(viewer, filters)
    narrowed: dict[str, Any] = {f"{by}s": tuple(chosen)}
    largest_days = _submitted_by_day(viewer, replace(filters, **narrowed), by) if chosen else all_days.iloc[:0]
    rest = all_days.set_index("day")["submitted"].sub(largest_days.groupby("day")["submitted"].sum(), fill_value=0)
    names = dict(rows(NAMES[by], {"ids": chosen})) if chosen else {}
    largest_days = largest_days.assign(group=[names.get(int(pk), str(int(pk))) for pk in largest_days["pk"]])
    others = rest[rest > 0].rename_axis("day").reset_index(name="submitted").assign(group="others", pk=None)
    result = pd.concat([largest_days, others]) if len(others) else largest_days
    result = result.astype({"submitted": "int64", "pk": "float64"}).sort_values("day", kind="stable", ignore_index=True)
    return result[["day", "group", "pk", "submitted"]]


def _submitted_by_day(viewer: Viewer, filters: Filters, by: str | None = None) -> pd.DataFrame:
    """Return day, pk (of the group), submitted."""
    source = totals_of(viewer, filters, ("day", by) if by else ("day",))
    column = source.columns[by] if by else "NULL"
    return _frame(
        f"SELECT total.day, {column} AS pk, sum(total.submitted)::bigint AS submitted {source.text} "
        "GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2",
        source.params,
    )


def times(viewer: Viewer, filters: Filters) -> tuple[npt.NDArray[np.int64], pd.DataFrame]:
    """Return the histogram of answer times, [64], and the frame `hours`."""
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
    """Return answers by weekday (0 is Monday) and hour: weekday, and columns 0 to 23; always seven rows."""
    return times(viewer, filters)[1]


def latencies(viewer: Viewer, filters: Filters, *, active: bool = False) -> npt.NDArray[np.int64]:
    """Return the histogram of answer times, [64]; with `active`, of active times."""
    source = totals_of(viewer, filters, ("day",))
    _key, counts = _bytes("0::bigint", "active_latency" if active else "latency", source, latency.CLASSES)
    return np.asarray(counts.sum(axis=0, dtype=np.int64))


def jobs(viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """Return one row per job, newest first, at most MOST_JOBS; the filter of days is ignored.

    job_id, job, kind, state, reason_code, reason, paused (whether), team_id, team, workers_per_object, price, objects,
    labeled, machine, failed, answers (that filled a slot), target_answers, budget, paid, created_at, started_at,
    ended_at, counted_at, expected_error, saved_answers, saved_low, saved_high.
    """
    where, params = of_jobs(viewer, filters)
    frame = _frame(
        f"""
        SELECT job.id AS job_id, job.name AS job, job.kind, job.state, job.reason_code, job.reason_params AS reason,
               job.paused_at IS NOT NULL AS paused, job.team_id, team.name AS team, job.workers_per_object,
               job.price::float8 AS price, job.objects_total AS objects,
               counters.human_labeled + counters.machine_labeled + counters.labeled_before AS labeled,
               counters.machine_labeled AS machine,
               counters.failed, counters.answers, job.objects_total::bigint * job.workers_per_object AS target_answers,
               (job.objects_total * job.workers_per_object * job.price)::float8 AS budget,
               coalesce((
                   SELECT sum(paid) FROM tasks_jobworker job_worker WHERE job_worker.job_id = job.id
               ), 0)::float8 AS paid,
               job.created_at, job.started_at, job.ended_at, counters.counted_at, counters.expected_error,
               (counters.saved ->> 'answers')::bigint AS saved_answers, (counters.saved ->> 'low')::bigint AS saved_low,
               (counters.saved ->> 'high')::bigint AS saved_high
        FROM jobs_job job JOIN jobs_counters counters ON counters.job_id = job.id
        JOIN workforce_team team ON team.id = job.team_id
        WHERE {where} ORDER BY job.created_at DESC, job.id DESC LIMIT {MOST_JOBS}
        """,  # noqa: S608
        params,
        of_json=["reason"],
    )
    frame["reason"] = [
        sentence(code, values) for code, values in zip(frame["reason_code"], frame["reason"], strict=True)
    ]
    return frame


def job_quality(viewer: Viewer, job_id: int) -> StoredReport | None:
    """Return the quality report of one of the viewer's jobs. Raises quality_report.UnknownVersion.

    None without an official run, or for a job of another requester.
    """
    quality = JobQuality.objects.visible_to(viewer).filter(job=job_id).first()
    return None if quality is None else StoredReport(QualityReport.from_json(quality.content), quality.made_at)


def profiles(viewer: Viewer, worker_id: int, filters: Filters) -> pd.DataFrame:
    """Return one row per job of a worker that has an official run.

    job_id, job, categories, answers, confusion (counts, rows: reference, columns: answer; None for kinds without
    categories).
    """
    where, params = of_jobs(viewer, filters)
    return _frame(
        "SELECT job.id AS job_id, job.name AS job, job.categories, profile.answers, profile.confusion "  # noqa: S608
        f"FROM analytics_profile profile JOIN jobs_job job ON job.id = profile.job_id "
        f"WHERE {where} AND profile.worker_id = %(worker)s "
        "ORDER BY profile.answers DESC, job.id LIMIT 100",
        params | {"worker": worker_id},
        of_json=("categories", "confusion"),
    )


def confusions(viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """Return one row per job with categories and an official run, newest first; the filter of days is ignored.

    job_id, job, categories, confusion (counts, rows: reference, columns: answer) of all workers, or of those in the
    filters.
    """
    where, params = of_jobs(viewer, filters)
    if not filters.workers and not filters.workforces:
        return _readable(
            _frame(
                "SELECT job.id AS job_id, job.name AS job, job.categories, "  # noqa: S608
                "quality.content -> 'confusion' AS confusion, quality.content -> 'version' AS version "
                "FROM analytics_jobquality quality JOIN jobs_job job ON job.id = quality.job_id "
                f"WHERE {where} AND quality.content -> 'confusion' <> 'null' "
                "ORDER BY job.created_at DESC, job.id DESC LIMIT 500",
                params,
                of_json=("categories", "confusion", "version"),
            )
        )
    conditions = [part for part, chosen in (
        ("profile.worker_id = ANY(%(workers)s)", filters.workers),
        ("worker.workforce_id = ANY(%(workforces)s)", filters.workforces),
    ) if chosen]  # fmt: skip
    profiles_ = _frame(
        "SELECT job.id AS job_id, job.name AS job, job.categories, profile.confusion FROM analytics_profile profile "  # noqa: S608
        "JOIN jobs_job job ON job.id = profile.job_id "
        "JOIN workforce_worker worker ON worker.id = profile.worker_id "
        f"WHERE {where} AND {' AND '.join(conditions)} AND profile.confusion <> 'null' "
        "ORDER BY job.created_at DESC, job.id DESC, profile.worker_id LIMIT 5000",
        params | {"workers": list(filters.workers), "workforces": list(filters.workforces)},
        of_json=("categories", "confusion"),
    )
    sums = profiles_.groupby("job_id", sort=False)["confusion"].agg(
        lambda tables: np.sum(tables.tolist(), axis=0).tolist()
    )
    return profiles_.drop_duplicates("job_id").assign(confusion=sums.to_list()).reset_index(drop=True)


def kept(viewer: Viewer, worker_id: int, filters: Filters, *, most: int = 20) -> pd.DataFrame:
    """Return the parts of quality reports about a worker, one row per job, those with most of their answers first.

    job_id, job, categories, confusion (of the whole job), threshold and drift (cusum.summarize, of this worker), crowd
    and boxes (measures.boxes, of all workers and of this one); None where missing.
    """
    where, params = of_jobs(viewer, filters)

    def own(part: str) -> str:
        return (
            f"(SELECT item FROM jsonb_array_elements(nullif(quality.content #> '{{{part},workers}}', 'null')) item "  # noqa: S608
            f"WHERE (item ->> 'worker')::bigint = %(worker)s LIMIT 1) AS {part}"
        )

    return _readable(
        _frame(
            "SELECT job.id AS job_id, job.name AS job, job.categories, quality.content -> 'confusion' AS confusion, "  # noqa: S608
            f"(quality.content #>> '{{drift,threshold}}')::float8 AS threshold, {own('drift')}, "
            f"quality.content #> '{{boxes,crowd}}' AS crowd, {own('boxes')}, "
            "quality.content -> 'version' AS version "
            "FROM analytics_profile profile JOIN jobs_job job ON job.id = profile.job_id "
            "JOIN analytics_jobquality quality ON quality.job_id = job.id "
            f"WHERE {where} AND profile.worker_id = %(worker)s ORDER BY profile.answers DESC, job.id LIMIT {most}",
            params | {"worker": worker_id},
            of_json=("categories", "confusion", "drift", "crowd", "boxes", "version"),
        )
    )


def changes(viewer: Viewer, job_id: int, *, most: int = 200) -> pd.DataFrame:
    """Return the changes of one of the viewer's jobs while it ran, newest first (gtcrowd.jobs.models.JobChange).

    at (naive, in the requester's time zone), field, before, after.
    """
    job_changes = JobChange.objects.visible_to(viewer).filter(job=job_id).order_by("-at", "-pk")[:most]
    zone = ZoneInfo(viewer.requester.zone)
    table = [
        [change.at.astimezone(zone).replace(tzinfo=None), change.field, change.before, change.after]
        for change in job_changes
    ]
    return pd.DataFrame(table, columns=["at", "field", "before", "after"])


def cases(viewer: Viewer, filters: Filters, *, state: str | None = "open") -> pd.DataFrame:
    """Return one row per case, newest first, at most 500; `state` None means any.

    case_id, category, worker_id, worker, code, type (of the workforce), job_id, job, ratio, evidence, state, note,
    opened_at, decided_at.
    """
    parts = ["suspicion.requester_id = %(requester)s"]
    params: dict[str, Any] = {"requester": viewer.requester.pk}
    for name, column, chosen in (
        ("workers", "suspicion.worker_id", filters.workers), ("jobs", "suspicion.job_id", filters.jobs),
        ("workforces", "worker.workforce_id", filters.workforces),
    ):  # fmt: skip
        if chosen:
            parts.append(f"{column} = ANY(%({name})s)")
            params[name] = list(chosen)
    if state:
        parts.append("suspicion.state = %(state)s")
        params["state"] = state
    return _frame(
        f"""
        SELECT suspicion.id AS case_id, suspicion.category, suspicion.worker_id, {NAME} AS worker, worker.code,
               workforce.type, suspicion.job_id,
               job.name AS job, suspicion.ratio, suspicion.evidence, suspicion.state, suspicion.note,
               suspicion.opened_at, suspicion.decided_at
        FROM analytics_case suspicion JOIN workforce_worker worker ON worker.id = suspicion.worker_id
        JOIN workforce_workforce workforce ON workforce.id = worker.workforce_id
        JOIN identity_user person ON person.id = worker.user_id
        LEFT JOIN jobs_job job ON job.id = suspicion.job_id
        WHERE {" AND ".join(parts)} ORDER BY suspicion.opened_at DESC, suspicion.id DESC LIMIT 500
        """,  # noqa: S608
        params,
        of_json=("evidence",),
    )


def options(viewer: Viewer) -> dict[str, list[tuple[Any, str]]]:
    """Return the choices of the filters as (value, name): jobs, teams, workforces, kinds, and workers with totals.

    At most the newest 1000 jobs and the 5000 workers with most answers.
    """
    params = {"requester": viewer.requester.pk}
    of_worker = (
        "FROM (SELECT worker_id, sum(submitted) AS n FROM analytics_day WHERE requester_id = %(requester)s "
        "GROUP BY worker_id ORDER BY n DESC LIMIT 5000) busiest "
        "JOIN workforce_worker worker ON worker.id = busiest.worker_id "
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
    return {name: rows(query, params) for name, query in queries.items()}


def names(viewer: Viewer, workers: Sequence[int]) -> dict[int, str]:
    """Return the names (or codes) by id of those of the `workers` who have totals with the viewer's requester."""
    return dict(
        rows(
            NAMES["worker"] + " AND EXISTS (SELECT FROM analytics_day total WHERE total.worker_id = worker.id "
            "AND total.requester_id = %(requester)s)",
            {"ids": list(workers), "requester": viewer.requester.pk},
        )
    )


def newest_with_report(viewer: Viewer, jobs: Sequence[int]) -> int | None:
    """Return the newest of the `jobs` (IDs) that has a quality report; None without any."""
    reports = JobQuality.objects.visible_to(viewer).filter(job__in=jobs).order_by("-job__created_at", "-job")
    pk: int | None = reports.values_list("job", flat=True).first()
    return pk


def concerns(viewer: Viewer, jobs: Sequence[int]) -> pd.DataFrame:
    """Return what needs attention in the `jobs` (IDs), one row per job with something.

    job_id; threads (of messages that wait for a reply); not_shown (objects that could not be shown to some worker);
    failed (objects that failed for it).
    """
    return _frame(
        """
        SELECT job.id AS job_id, coalesce(thread.count, 0) AS threads, coalesce(task.count, 0) AS not_shown,
               coalesce(task.failed, 0) AS failed
        FROM jobs_job job
        LEFT JOIN (
            SELECT job_id, count(DISTINCT worker_id) FROM tasks_message
            WHERE from_worker AND done_at IS NULL AND job_id = ANY(%(jobs)s) GROUP BY job_id
        ) thread ON thread.job_id = job.id
        LEFT JOIN (
            SELECT job_id, count(*), count(*) FILTER (WHERE reason_code = %(reason)s) AS failed FROM tasks_task
            WHERE unseen_count > 0 AND job_id = ANY(%(jobs)s) GROUP BY job_id
        ) task ON task.job_id = job.id
        WHERE job.id = ANY(%(jobs)s) AND job.requester_id = %(requester)s
          AND (thread.count IS NOT NULL OR task.count IS NOT NULL)
        ORDER BY job.id DESC
        """,
        {"reason": Reason.OBJECT_NOT_SHOWN, "jobs": list(jobs), "requester": viewer.requester.pk},
    )


def as_of(viewer: Viewer) -> dict[str, Any]:
    """Return how fresh the totals are.

    `now`: the database's clock in the requester's time zone; `waiting`: number of events not yet in the totals.
    """
    version = data_version.look(viewer)
    return {"now": pd.Timestamp(version.now), "waiting": version.waiting}


def _columns(source: Source, groups: Sequence[str]) -> str:
    return "".join(f"{source.columns[name]} AS {GROUP_COLUMNS[name]}, " for name in groups)


def _add_percentiles(frame: pd.DataFrame, viewer: Viewer, filters: Filters, by: str) -> None:
    source, name = totals_of(viewer, filters, (by,)), GROUP_COLUMNS[by]
    column = source.columns[by]
    key = f"({column} - date '2000-01-01')::bigint" if by == "day" else f"{column}::bigint"
    keys, counts = _bytes(key, "latency || active_latency", source, 2 * latency.CLASSES)
    frame_keys = (pd.to_datetime(frame[name]) - pd.Timestamp("2000-01-01")).dt.days if by == "day" else frame[name]
    # The frame is sorted by its key.
    index = np.searchsorted(frame_keys.to_numpy(), keys)
    table = np.zeros((len(frame), 2 * latency.CLASSES), dtype=np.int64)
    order = np.argsort(index, kind="stable")
    if len(order):
        first = np.flatnonzero(np.diff(index[order], prepend=-1))
        table[index[order][first]] = np.add.reduceat(counts[order], first, axis=0, dtype=np.uint32)
    for title, share in (("p50", 0.5), ("p75", 0.75), ("p90", 0.9)):
        frame[title] = latency.percentile(table[:, : latency.CLASSES], share)
    frame["active_p50"] = latency.percentile(table[:, latency.CLASSES :], 0.5)


def _bytes(
    key: str, counts: str, source: Source, size: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.unsignedinteger[Any]]]:
    """Return a key and a histogram per row, [rows] and [rows, size].

    Many rows are fetched as one value; fetching them one by one would take longer than everything else.
    """
    query = f"SELECT string_agg(int8send({key}) || {counts}, ''::bytea) {source.text} GROUP BY {source.part}"
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(query, source.params, binary=True)
        data = b"".join(value for (value,) in cursor.fetchall())
    records = np.frombuffer(data, dtype=np.dtype([("key", ">i8"), ("counts", source.counts, (size,))]))
    return records["key"].astype(np.int64), records["counts"].astype(source.counts.newbyteorder("="))


def _readable(reports: pd.DataFrame) -> pd.DataFrame:
    """Return parts of quality reports without the column of their `version`. Raises quality_report.UnknownVersion.

    The parts that are read by SQL are the same in all versions up to the current one.
    """
    for version in reports.pop("version"):
        quality_report.check_version(version)
    return reports


def _frame(query: str, params: dict[str, Any], *, of_json: Sequence[str] = ()) -> pd.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        frame = pd.DataFrame(cursor.fetchall(), columns=[column[0] for column in cursor.description or ()])
    for name in of_json:
        frame[name] = [json.loads(value) if isinstance(value, str) else value for value in frame[name]]
    return frame
