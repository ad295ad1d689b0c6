"""How the service itself is doing: its queue, and how long handing out and taking in take. Names nobody's rows."""

from dataclasses import dataclass

import pandas as pd
from django.db import connection

from gtcrowd.analytics.prometheus import OLDEST, QUEUE
from gtcrowd.platform.metrics import REQUEST_SECONDS


@dataclass(frozen=True)
class Queue:
    """Tasks of the queue: `todo`, `doing`, seconds since when the `oldest` waits, and `failed` ones that are kept."""

    todo: int
    doing: int
    failed: int
    oldest: float


def queue() -> Queue:
    with connection.cursor() as cursor:
        cursor.execute(QUEUE)
        found = dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        (failed,) = cursor.fetchone() or (0,)
        cursor.execute(OLDEST)
        (oldest,) = cursor.fetchone() or (0.0,)
    return Queue(found.get("todo", 0), found.get("doing", 0), failed, float(oldest))


def queue_by_task() -> pd.DataFrame:
    """A row for each task of the queue that waits or runs: task, todo, doing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing') "
            "FROM procrastinate_jobs WHERE status IN ('todo', 'doing') GROUP BY 1 ORDER BY 1 LIMIT 50"
        )
        return pd.DataFrame(cursor.fetchall(), columns=["task", "todo", "doing"])


def latency() -> pd.DataFrame:
    """Requests of this web process by what they do: what, seconds (the upper end of a class), within (how many took no
    longer), n. Counted since the process began."""
    rows = [
        (sample.labels["what"], float(sample.labels["le"]), int(sample.value))
        for family in REQUEST_SECONDS.collect()
        for sample in family.samples
        if sample.name.endswith("_bucket")
    ]
    frame = pd.DataFrame(rows, columns=["what", "seconds", "within"])
    frame["n"] = frame.groupby("what")["within"].transform("max")
    return frame[frame["n"] > 0].reset_index(drop=True)
