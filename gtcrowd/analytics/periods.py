"""Days added up: over the jobs and into spans of a worker, and over the workers into days of a crowd.

What is added up is read as one value of records of a fixed length, added in NumPy, and written by COPY: adding classes
of time row by row in the database takes twenty times as long. The order in which numbers with fractions are added up is
that of the rows' keys, so that the same days give the same bytes.
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
SPAN = np.dtype([
    *((name, ">i8") for name in (*KEYS, *COUNTS, "mills", "days", "days_alone", "last_day")),
    *((name, ">f8") for name in TIMES),
    ("latency", latency.SUMMED, (latency.CLASSES,)), ("active_latency", latency.SUMMED, (latency.CLASSES,)),
])  # fmt: skip
CROWD = np.dtype([*SPAN.descr, ("hours", latency.SUMMED, (latency.HOURS,))])
"""Records as they come; `first` and `last_day` in days since EPOCH, `mills`: thousandths of a dollar."""
Rows = npt.NDArray[Any]
Cells = tuple[Sequence[int], Sequence[int], Sequence[int]]
"""Requesters, workers, and days since EPOCH, of the same length."""
AT_ONCE = 20_000
"""Days of workers formed anew at once: some hundred megabytes."""

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
      AS given(requester_id, worker_id, day)) AS cell
  ON cell.requester_id = total.requester_id AND cell.worker_id = total.worker_id
 AND date '2000-01-01' + cell.day = total.day
"""  # noqa: S608
OF_SPANS = f"""
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
FORGET_CROWD = "DELETE FROM analytics_requesterday WHERE requester_id = %(requester)s AND day = ANY(%(days)s)"
GIVEN = """
SELECT DISTINCT worker_id, day - date '2000-01-01' FROM analytics_day WHERE requester_id = %(requester)s ORDER BY 1, 2
"""


def follow(requesters: Sequence[int], workers: Sequence[int], days: Sequence[int]) -> None:
    """Form all spans and days of crowds again in which these days of workers lie. Days are counted from EPOCH."""
    _follow_workers((requesters, workers, days))
    of: dict[int, set[int]] = {}
    for requester, day in zip(requesters, days, strict=True):
        of.setdefault(requester, set()).add(day)
    for requester, some in of.items():
        _follow_crowd(requester, sorted(some))


def rebuild(requester: int) -> None:
    """Form all spans and days of crowds of a requester again."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM analytics_periodtotal WHERE requester_id = %s", [requester])
        cursor.execute("DELETE FROM analytics_requesterday WHERE requester_id = %s", [requester])
        cursor.execute(GIVEN, {"requester": requester})
        cells = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 2)
    # Whole workers at a time: a span is formed from all of its days at once.
    ends = np.flatnonzero(np.diff(cells[:, 0])) + 1
    parts = np.split(cells, ends[np.flatnonzero(np.diff(ends // AT_ONCE, prepend=0))])
    for part in parts:
        _follow_workers(([requester] * len(part), part[:, 0].tolist(), part[:, 1].tolist()))
    days = np.unique(cells[:, 1]).tolist()
    for place in range(0, len(days), 7):
        _follow_crowd(requester, days[place : place + 7])


def _follow_workers(cells: Cells) -> None:
    rows = _by_day(_read(OF_CELLS, cells, DAY), SPAN)
    _write_spans(1, cells, rows)
    for of, size in pairwise(SIZES):
        requesters, workers, days = cells
        kept = sorted(
            {(one, worker, begin(day, size)) for one, worker, day in zip(requesters, workers, days, strict=True)}
        )
        cells = ([one for one, _w, _d in kept], [worker for _o, worker, _d in kept], [day for _o, _w, day in kept])
        rows = _read(OF_SPANS, cells, SPAN, of=of, size=size)
        rows["first"] -= rows["first"] % size
        _write_spans(size, cells, _added(rows, KEYS))


def _follow_crowd(requester: int, days: Sequence[int]) -> None:
    dates = [EPOCH + timedelta(days=day) for day in days]
    where = "WHERE total.requester_id = %(requester)s AND total.day = ANY(%(days)s)"
    rows = _by_day(_records(OF_DAYS + where, {"requester": requester, "days": dates}, DAY), CROWD)
    order = np.lexsort((rows["worker"], rows["gold"], rows["workforce"], rows["first"]))
    rows = _added(rows[order], ("requester", "workforce", "gold", "first"))
    with connection.cursor() as cursor:
        cursor.execute(FORGET_CROWD, {"requester": requester, "days": dates})
    named = {"day": "first", "workers": "days", "workers_alone": "days_alone", "workforce_id": "workforce"}
    _write("analytics_requesterday", rows, named, ("hours",))


def _read(query: str, cells: Cells, record: np.dtype[Any], **more: int) -> Rows:
    requesters, workers, days = (list(column) for column in cells)
    return _records(query, {"requesters": requesters, "workers": workers, "days": days, **more}, record)


def _records(query: str, facts: dict[str, Any], record: np.dtype[Any]) -> Rows:
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(query, facts, binary=True)
        ((found,),) = cursor.fetchall()
    return np.frombuffer(found or b"", dtype=record).copy()


def _by_day(rows: Rows, record: np.dtype[Any]) -> Rows:
    """Rows of jobs' days into one for each worker, day and kind of object, with the days they stand for."""
    found = np.zeros(len(rows), dtype=record)
    for name in record.names or ():
        if name in (DAY.names or ()):
            found[name] = rows[name]
    found["last_day"] = found["first"]
    found = _added(found, KEYS)
    given = found["submitted"] > 0
    found["days"] = given
    # A day's real answers stand right before those to known objects.
    same = np.zeros(len(found), dtype=bool)
    same[1:] = given[:-1] & (found["gold"][1:] == 1)
    for name in ("requester", "worker", "first"):
        same[1:] &= found[name][1:] == found[name][:-1]
    found["days_alone"] = given & ~same
    return found


def _added(rows: Rows, keys: Iterable[str]) -> Rows:
    """Rows that follow one another and have the same keys, as one."""
    if not len(rows):
        return rows
    new = np.zeros(len(rows), dtype=bool)
    new[0] = True
    for key in keys:
        new[1:] |= rows[key][1:] != rows[key][:-1]
    starts = np.flatnonzero(new)
    found = rows[starts].copy()
    for name in rows.dtype.names or ():
        if name == "last_day":
            found[name] = np.maximum.reduceat(rows[name].astype(np.int64), starts)
        elif name not in KEYS:
            native = rows[name].astype(rows[name].dtype.newbyteorder("="))
            found[name] = np.add.reduceat(native, starts, axis=0)
    return found


def _write_spans(size: int, cells: Cells, rows: Rows) -> None:
    requesters, workers, days = (list(column) for column in cells)
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"requesters": requesters, "workers": workers, "days": days, "size": size})
    named = {"worker_id": "worker", "workforce_id": "workforce", "first": "first", "last_day": "last_day"}
    named |= {"days": "days", "days_alone": "days_alone"}
    _write("analytics_periodtotal", rows, named, (), size=size)


def _write(table: str, rows: Rows, named: dict[str, str], more: tuple[str, ...], **same: int) -> None:
    """`named`: columns of the table and fields of the rows; `more`: classes besides those of time; `same`: columns that
    are the same in every row."""
    columns: dict[str, pa.Array] = {name: pa.array([value]) for name, value in same.items()}
    for column, field in (named | {"requester_id": "requester"} | {name: name for name in (*COUNTS, *TIMES)}).items():
        value = rows[field].astype(rows[field].dtype.newbyteorder("="))
        if column in ("day", "first", "last_day"):
            value = (np.datetime64(EPOCH) + value.astype("timedelta64[D]")).astype("datetime64[D]")
        columns[column] = pa.array(value)
    columns["gold"] = pa.array(np.where(rows["gold"] == 1, "t", "f").tolist(), pa.string())
    columns["paid"] = pa.array([f"{mills // 1000}.{mills % 1000:03d}" for mills in rows["mills"].tolist()], pa.string())
    for name in ("latency", "active_latency", *more):
        columns[name] = pa.array([f"\\\\x{one.tobytes().hex()}" for one in rows[name]], pa.string())
    bulk_copy.write(table, columns, rows=len(rows))
