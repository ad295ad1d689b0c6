"""Report the health of the service: its queue, and the latency of claims and submissions. Contains no tenant data."""

from dataclasses import dataclass

import pandas as pd
from django.db import connection

from gtcrowd.analytics.prometheus import OLDEST, QUEUE
from gtcrowd.platform.metrics import REQUEST_SECONDS


@dataclass(frozen=True)
class Queue:
    """Queue tasks that are waiting (`todo`), running (`doing`) and `failed`; `oldest`: longest wait in seconds."""

    todo: int
    doing: int
    failed: int
    oldest: float


def queue() -> Queue:
    """Return the state of the queue."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUE)
        counts = dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        (failed,) = cursor.fetchone() or (0,)
        cursor.execute(OLDEST)
        (oldest,) = cursor.fetchone() or (0.0,)
    return Queue(counts.get("todo", 0), counts.get("doing", 0), failed, float(oldest))


def queue_by_task() -> pd.DataFrame:
    """Return the waiting and running tasks by name: task, todo, doing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing') "
            "FROM procrastinate_jobs WHERE status IN ('todo', 'doing') GROUP BY 1 ORDER BY 1 LIMIT 50"
        )
        return pd.DataFrame(cursor.fetchall(), columns=["task", "todo", "doing"])


def latency() -> pd.DataFrame:
    """Return the latency histogram of this web process since it started.

    what, seconds (upper bound of a bucket), within (number of requests at most as long), n (number of requests).
    """
    rows = [
        (sample.labels["what"], float(sample.labels["le"]), int(sample.value))
        for family in REQUEST_SECONDS.collect()
        for sample in family.samples
        if sample.name.endswith("_bucket")
    ]
    frame = pd.DataFrame(rows, columns=["what", "seconds", "within"])
    frame["n"] = frame.groupby("what")["within"].transform("max")
    return frame[frame["n"] > 0].reset_index(drop=True)
