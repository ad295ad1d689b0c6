"""Write the output manifest: each line as it was, with the label and what is known about it.

Most lines are put together by the database. Where a kind has few values, what a label adds to its line is the same for
every object with that value, but for the confidence; so each of these texts is made once, and the database splices it
into the lines. Every other line comes as it is, and its label is written here: the result is the same.
"""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from gtcrowd import kinds, manifest
from gtcrowd.jobs import store
from gtcrowd.jobs.models import Job
from gtcrowd.labels.models import Run
from gtcrowd.tasks.models import TaskState

ROWS = """
SELECT CASE WHEN row.plain THEN left(row.line, -1) || ',' || row.head || row.sure || row.tail || '}}' END,
       CASE WHEN row.plain THEN NULL ELSE row.line END, row.value, row.confidence, row.created_at, row.state,
       row.reason_code
FROM (
    SELECT object.line, object.position, label.value, label.confidence, label.created_at, task.state, task.reason_code,
           text_.head, text_.tail,
           CASE label.confidence WHEN 1 THEN '1.0' WHEN 0 THEN '0' ELSE label.confidence::text END AS sure,
           text_.head IS NOT NULL AND right(object.line, 1) = '}}' AND strpos(object.line, chr(92)) = 0
               AND strpos(object.line, %(key)s) = 0 AND strpos(object.line, %(metadata)s) = 0
               AND label.confidence = round(label.confidence::numeric, 6)::float8 AS plain
    FROM jobs_dataobject object
    LEFT JOIN labels_label label ON label.job_id = object.job_id AND label.position = object.position AND {which}
    LEFT JOIN tasks_task task ON task.data_object_id = object.id
    LEFT JOIN unnest(%(runs)s::bigint[], %(values)s::jsonb[], %(heads)s::text[], %(tails)s::text[])
        AS text_(run, value, head, tail) ON text_.run = label.run_id AND text_.value = label.value
    WHERE object.job_id = %(job)s
    ORDER BY object.position
) AS row
ORDER BY row.position
"""
PORTION = 2000
CURRENT = "label.current"
OF_RUN = "label.run_id = %(run)s"
STAND_IN = 0.123457
"""Confidence in the texts that are made once, to be found and replaced; six places, and in no name of a category."""
MOST_TEXTS = 10_000


def lines(job: Job, *, run_id: int | None = None) -> Iterator[str]:
    """The lines of the output manifest in the order of the input, without line ends, from a server-side cursor.

    With `run_id`, the labels of that run instead of the job's current ones. An object without any answer
    says why it failed; one that was not labeled (yet), or had been before, is copied as it was.
    """
    for portion in _portions(job, run_id):
        yield from portion


def blocks(job: Job, *, run_id: int | None = None) -> Iterator[bytes]:
    """The same in blocks of many lines, each line with its end."""
    for portion in _portions(job, run_id):
        yield ("\n".join(portion) + "\n").encode()


def write(job: Job) -> str:
    """Write the output manifest into the store, whole or not at all; returns its address."""
    with store.store().write(job.output) as file:
        for block in blocks(job):
            file.write(block)
    return job.output


def _portions(job: Job, run_id: int | None) -> Iterator[list[str]]:
    query = ROWS.format(which=CURRENT if run_id is None else OF_RUN)
    key = manifest.written(job.label_attribute)
    metadata = manifest.written(f"{job.label_attribute}-metadata")
    facts: dict[str, Any] = {"job": job.pk, "run": run_id, "key": key, "metadata": metadata}
    # A named cursor lives in a transaction: the rows come in portions, and memory stays the same.
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(query, facts | _texts(job, run_id))
        for rows in iter(partial(cursor.fetchmany, PORTION), []):
            yield [_line(job, row) if row[0] is None else row[0] for row in rows]


def _line(job: Job, row: tuple[Any, ...]) -> str:
    _made, line, value, confidence, made, state, reason = row
    if made is not None:
        return manifest.augment(line, _block(job, json.loads(value), confidence, made))
    if state == TaskState.FAILED:
        return manifest.augment(line, kinds.failed_block(job.label_attribute, failure(reason)))
    return str(line)


def _block(job: Job, value: Any, confidence: float, made: Any) -> dict[str, Any]:
    return kinds.kind(job.kind).block(
        attribute=job.label_attribute,
        value=value,
        confidence=confidence,
        categories=job.categories,
        medium=job.medium,
        job_name=job.name,
        created_at=made,
    )


def _texts(job: Job, run_id: int | None) -> dict[str, list[Any]]:
    """What each value of each run adds to a line, before and behind the confidence; empty where there are too many."""
    found: dict[str, list[Any]] = {"runs": [], "values": [], "heads": [], "tails": []}
    runs = Run.objects.filter(job=job, ended_at__isnull=False)
    runs = runs.filter(official=True) if run_id is None else runs.filter(pk=run_id)
    values = kinds.kind(job.kind).values(job.categories)
    if values is None or runs.count() * len(values) > MOST_TEXTS:
        return found
    for run, made in runs.values_list("pk", "ended_at"):  # the time of its labels, too
        for value in values:
            text = manifest.written(_block(job, value, STAND_IN, made))[1:-1]
            head, stand_in, tail = text.partition(str(STAND_IN))
            if not stand_in or str(STAND_IN) in tail:
                continue
            for name, part in zip(found, (run, json.dumps(value), head, tail), strict=True):
                found[name].append(part)
    return found


def failure(reason_code: str) -> str:
    """The sentence for an object that could not be labeled."""
    reasons = {
        "availability-ended": _("No worker answered the object while it was available."),
        "all-declined": _("As many workers declined the object as answers were wanted."),
        "job-stopped": _("The job was stopped before a worker answered the object."),
    }
    return reasons.get(reason_code, _("The object got no answer."))
