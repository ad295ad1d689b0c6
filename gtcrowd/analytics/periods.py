"""Sum days: over the jobs of a worker into periods, and over the workers of a requester into days.

Rows are read as one value of fixed-length records, summed in NumPy and written with COPY; summing histograms row by row
in the database takes twenty times as long. Floating-point sums are added in the order of the rows' keys, so the same
days give the same bytes.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pyarrow as pa
from django.db import connection

from gtcrowd.analytics.measures import latency
from gtcrowd.analytics.measures.periods import EPOCH, SIZES, begin
from gtcrowd.labels import bulk_copy

COUNTS = ("submitted", "late", "extra", "returned", "declined", "expired", "active")
TIMES = ("seconds", "active_seconds", "lost_seconds")
KEYS = ("requester", "worker", "workforce", "gold", "first")
DAY = np.dtype([
    *((name, ">i8") for name in (*KEYS, *COUNTS, "mills")), *((name, ">f8") for name in TIMES),
    ("latency", latency.STORED, (latency.CLASSES,)), ("active_latency", latency.STORED, (latency.CLASSES,)),
    ("hours", latency.STORED, (latency.HOURS,)),
])  # fmt: skip
PERIOD = np.dtype([
    *((name, ">i8") for name in (*KEYS, *COUNTS, "mills", "days", "days_alone", "last_day")),
    *((name, ">f8") for name in TIMES),
    ("latency", latency.SUMMED, (latency.CLASSES,)), ("active_latency", latency.SUMMED, (latency.CLASSES,)),
])  # fmt: skip
REQUESTER_DAY = np.dtype([*PERIOD.descr, ("hours", latency.SUMMED, (latency.HOURS,))])
"""Records as read; `first` and `last_day` count days since EPOCH, `mills` thousandths of a dollar."""
Rows = npt.NDArray[Any]
Cells = tuple[Sequence[int], Sequence[int], Sequence[int]]
"""Requesters, workers, and days since EPOCH, of the same length."""
AT_ONCE = 20_000
"""Worker days recomputed at once: a few hundred megabytes."""

FIELDS = " || ".join([
    *(f"int8send(total.{name}::bigint)" for name in COUNTS), "int8send((total.paid * 1000)::bigint)",
])  # fmt: skip
SECONDS = " || ".join([*(f"float8send(total.{name})" for name in TIMES), "total.latency", "total.active_latency"])
NUMBER = "({column} - date '2000-01-01')"
OF_DAYS = f"""
SELECT string_agg(int8send(total.requester_id) || int8send(total.worker_id) || int8send(worker.workforce_id)
                  || int8send(total.gold::int::bigint) || int8send({NUMBER.format(column="total.day")}::bigint)
                  || {FIELDS} || {SECONDS} || total.hours, ''::bytea
                  ORDER BY total.requester_id, total.worker_id, total.day, total.gold, total.job_id)
FROM analytics_day total JOIN workforce_worker worker ON worker.id = total.worker_id
"""  # noqa: S608
OF_CELLS = f"""{OF_DAYS}
JOIN (SELECT DISTINCT * FROM unnest(%(requesters)s::bigint[], %(workers)s::bigint[], %(days)s::int[])
      AS pair(requester_id, worker_id, day)) AS cell
  ON cell.requester_id = total.requester_id AND cell.worker_id = total.worker_id
 AND date '2000-01-01' + cell.day = total.day
"""  # noqa: S608
OF_PERIODS = f"""
SELECT string_agg(int8send(total.requester_id) || int8send(total.worker_id) || int8send(total.workforce_id)
                  || int8send(total.gold::int::bigint) || int8send({NUMBER.format(column="total.first")}::bigint)
                  || {FIELDS} || int8send(total.days) || int8send(total.days_alone)
                  || int8send({NUMBER.format(column="total.last_day")}::bigint) || {SECONDS}, ''::bytea
                  ORDER BY total.requester_id, total.worker_id, total.gold, total.first)
FROM analytics_periodtotal total
JOIN unnest(%(requesters)s::bigint[], %(workers)s::bigint[], %(days)s::int[]) AS cell(requester_id, worker_id, first)
  ON cell.requester_id = total.requester_id AND cell.worker_id = total.worker_id AND total.size = %(of)s
 AND total.first >= date '2000-01-01' + cell.first AND total.first < date '2000-01-01' + cell.first + %(size)s
"""  # noqa: S608
FORGET = """
DELETE FROM analytics_periodtotal total
USING unnest(%(requesters)s::bigint[], %(workers)s::bigint[], %(days)s::int[]) AS cell(requester_id, worker_id, first)
WHERE cell.requester_id = total.requester_id AND cell.worker_id = total.worker_id AND total.size = %(size)s
  AND date '2000-01-01' + cell.first = total.first
"""
FORGET_DAYS = "DELETE FROM analytics_requesterday WHERE requester_id = %(requester)s AND day = ANY(%(days)s)"
WORKER_DAYS = """
SELECT DISTINCT worker_id, day - date '2000-01-01' FROM analytics_day WHERE requester_id = %(requester)s ORDER BY 1, 2
"""


def follow(requesters: Sequence[int], workers: Sequence[int], days: Sequence[int]) -> None:
    """Recompute the periods and requester days that contain these worker days.

    requesters, workers, days  [n]; days count from EPOCH
    """
    _follow_workers((requesters, workers, days))
    of: dict[int, set[int]] = {}
    for requester, day in zip(requesters, days, strict=True):
        of.setdefault(requester, set()).add(day)
    for requester, some in of.items():
        _follow_requester(requester, sorted(some))


def rebuild(requester: int) -> None:
    """Recompute all periods and requester days of a requester."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM analytics_periodtotal WHERE requester_id = %s", [requester])
        cursor.execute("DELETE FROM analytics_requesterday WHERE requester_id = %s", [requester])
        cursor.execute(WORKER_DAYS, {"requester": requester})
        cells = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 2)
    # Split between workers, because a period is computed from all of its days at once.
    ends = np.flatnonzero(np.diff(cells[:, 0])) + 1
    parts = np.split(cells, ends[np.flatnonzero(np.diff(ends // AT_ONCE, prepend=0))])
    for part in parts:
        _follow_workers(([requester] * len(part), part[:, 0].tolist(), part[:, 1].tolist()))
    days = np.unique(cells[:, 1]).tolist()
    for start in range(0, len(days), 7):
        _follow_requester(requester, days[start : start + 7])


def _follow_workers(cells: Cells) -> None:
    rows = _by_day(_read(OF_CELLS, cells, DAY), PERIOD)
    _write_periods(1, cells, rows)
    for of, size in pairwise(SIZES):
        requesters, workers, days = cells
        blocks = sorted(
            {
                (requester, worker, begin(day, size))
                for requester, worker, day in zip(requesters, workers, days, strict=True)
            }
        )
        cells = ([block[0] for block in blocks], [block[1] for block in blocks], [block[2] for block in blocks])
        rows = _read(OF_PERIODS, cells, PERIOD, of=of, size=size)
        rows["first"] -= rows["first"] % size
        _write_periods(size, cells, _added(rows, KEYS))


def _follow_requester(requester: int, days: Sequence[int]) -> None:
    dates = [EPOCH + timedelta(days=day) for day in days]
    where = "WHERE total.requester_id = %(requester)s AND total.day = ANY(%(days)s)"
    rows = _by_day(_records(OF_DAYS + where, {"requester": requester, "days": dates}, DAY), REQUESTER_DAY)
    order = np.lexsort((rows["worker"], rows["gold"], rows["workforce"], rows["first"]))
    rows = _added(rows[order], ("requester", "workforce", "gold", "first"))
    with connection.cursor() as cursor:
        cursor.execute(FORGET_DAYS, {"requester": requester, "days": dates})
    named = {"day": "first", "workers": "days", "workers_alone": "days_alone", "workforce_id": "workforce"}
    _write("analytics_requesterday", rows, named, ("hours",))


def _read(query: str, cells: Cells, record: np.dtype[Any], **more: int) -> Rows:
    requesters, workers, days = (list(column) for column in cells)
    return _records(query, {"requesters": requesters, "workers": workers, "days": days, **more}, record)


def _records(query: str, params: dict[str, Any], record: np.dtype[Any]) -> Rows:
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(query, params, binary=True)
        ((records,),) = cursor.fetchall()
    return np.frombuffer(records or b"", dtype=record).copy()


def _by_day(rows: Rows, record: np.dtype[Any]) -> Rows:
    """Sum the rows of jobs into one per worker, day and source, and count the days with answers."""
    totals = np.zeros(len(rows), dtype=record)
    for name in record.names or ():
        if name in (DAY.names or ()):
            totals[name] = rows[name]
    totals["last_day"] = totals["first"]
    totals = _added(totals, KEYS)
    answered = totals["submitted"] > 0
    totals["days"] = answered
    # The row of real answers immediately precedes the row of gold answers of the same day.
    same = np.zeros(len(totals), dtype=bool)
    same[1:] = answered[:-1] & (totals["gold"][1:] == 1)
    for name in ("requester", "worker", "first"):
        same[1:] &= totals[name][1:] == totals[name][:-1]
    totals["days_alone"] = answered & ~same
    return totals


def _added(rows: Rows, keys: Iterable[str]) -> Rows:
    """Sum consecutive rows with equal keys."""
    if not len(rows):
        return rows
    new = np.zeros(len(rows), dtype=bool)
    new[0] = True
    for key in keys:
        new[1:] |= rows[key][1:] != rows[key][:-1]
    starts = np.flatnonzero(new)
    totals = rows[starts].copy()
    for name in rows.dtype.names or ():
        if name == "last_day":
            totals[name] = np.maximum.reduceat(rows[name].astype(np.int64), starts)
        elif name not in KEYS:
            native = rows[name].astype(rows[name].dtype.newbyteorder("="))
            totals[name] = np.add.reduceat(native, starts, axis=0)
    return totals


def _write_periods(size: int, cells: Cells, rows: Rows) -> None:
    requesters, workers, days = (list(column) for column in cells)
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"requesters": requesters, "workers": workers, "days": days, "size": size})
    named = {"worker_id": "worker", "workforce_id": "workforce", "first": "first", "last_day": "last_day"}
    named |= {"days": "days", "days_alone": "days_alone"}
    _write("analytics_periodtotal", rows, named, (), size=size)


def _write(table: str, rows: Rows, named: dict[str, str], more: tuple[str, ...], **same: int) -> None:
    """Write rows with COPY.

    named  columns of the table and fields of the rows
    more   histograms besides those of time
    same   columns with a constant value
    """
    columns: dict[str, pa.Array] = {name: pa.array([value]) for name, value in same.items()}
    for column, field in (named | {"requester_id": "requester"} | {name: name for name in (*COUNTS, *TIMES)}).items():
        value = rows[field].astype(rows[field].dtype.newbyteorder("="))
        if column in ("day", "first", "last_day"):
            value = (np.datetime64(EPOCH) + value.astype("timedelta64[D]")).astype("datetime64[D]")
        columns[column] = pa.array(value)
    columns["gold"] = pa.array(np.where(rows["gold"] == 1, "t", "f").tolist(), pa.string())
    columns["paid"] = pa.array([f"{mills // 1000}.{mills % 1000:03d}" for mills in rows["mills"].tolist()], pa.string())
    for name in ("latency", "active_latency", *more):
        columns[name] = pa.array([f"\\\\x{counts.tobytes().hex()}" for counts in rows[name]], pa.string())
    bulk_copy.write(table, columns, rows=len(rows))
