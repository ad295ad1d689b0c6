"""Write the output manifest: each line as it was, with the label and what is known about it."""

import json
from collections.abc import Iterator
from functools import partial
from itertools import chain

from django.db import connection, transaction
from django.utils.translation import gettext as _

from gtcrowd import kinds, manifest
from gtcrowd.jobs import store
from gtcrowd.jobs.models import Job
from gtcrowd.tasks.models import TaskState

ROWS = """
SELECT object.line, label.value, label.confidence, label.created_at, task.state, task.reason_code
FROM jobs_dataobject object
LEFT JOIN labels_label label ON label.job_id = object.job_id AND label.position = object.position AND {which}
LEFT JOIN tasks_task task ON task.data_object_id = object.id
WHERE object.job_id = %(job)s
ORDER BY object.position
"""
PORTION = 2000
CURRENT = "label.current"
OF_RUN = "label.run_id = %(run)s"


def lines(job: Job, *, run_id: int | None = None) -> Iterator[str]:
    """The lines of the output manifest in the order of the input, without line ends, from a server-side cursor.

    With `run_id`, the labels of that run instead of the job's current ones. An object without any answer
    says why it failed; one that was not labeled (yet), or had been before, is copied as it was.
    """
    kind = kinds.kind(job.kind)
    query = ROWS.format(which=CURRENT if run_id is None else OF_RUN)
    # A named cursor lives in a transaction: the rows come in portions, and memory stays the same.
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(query, {"job": job.pk, "run": run_id})
        rows = chain.from_iterable(iter(partial(cursor.fetchmany, PORTION), []))
        for line, value, confidence, made, state, reason in rows:
            if made is not None:
                block = kind.block(
                    attribute=job.label_attribute,
                    value=json.loads(value),
                    confidence=confidence,
                    categories=job.categories,
                    medium=job.medium,
                    job_name=job.name,
                    created_at=made,
                )
                yield manifest.augment(line, block)
            elif state == TaskState.FAILED:
                yield manifest.augment(line, kinds.failed_block(job.label_attribute, failure(reason)))
            else:
                yield line


def write(job: Job) -> str:
    """Write the output manifest into the store, whole or not at all; returns its address."""
    with store.store().write(job.output) as file:
        for line in lines(job):
            file.write(line.encode() + b"\n")
    return job.output


def failure(reason_code: str) -> str:
    """The sentence for an object that could not be labeled."""
    reasons = {
        "availability-ended": _("No worker answered the object while it was available."),
        "all-declined": _("As many workers declined the object as answers were wanted."),
        "job-stopped": _("The job was stopped before a worker answered the object."),
    }
    return reasons.get(reason_code, _("The object got no answer."))
