"""Write the output manifest: each line as it was, with the label and what is known about it.

Most lines are put together by the database. Where a kind has few values, what a label adds to its line is the same for
every object with that value, but for the confidence; so each of these texts is made once, and the database splices it
into the lines. Every other line comes as it is, and its label is written here: the result is the same.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _later
from django.utils.translation import override

from gtcrowd import kinds, manifest
from gtcrowd.jobs import store
from gtcrowd.jobs.models import Job
from gtcrowd.labels import assets
from gtcrowd.labels.exports.registry import export
from gtcrowd.labels.models import Run
from gtcrowd.platform import reasons
from gtcrowd.platform.reasons import Reason
from gtcrowd.tasks.models import TaskState

FAILURES = (Reason.AVAILABILITY_ENDED, Reason.ALL_DECLINED, Reason.OBJECT_NOT_SHOWN, Reason.JOB_STOPPED)
"""Reason codes whose sentence says enough of an object without a label."""

ROWS = """
SELECT CASE WHEN head IS NOT NULL AND right(line, 1) = '}}' AND strpos(line, chr(92)) = 0
                 AND strpos(line, %(key)s) = 0 AND strpos(line, %(metadata)s) = 0
                 AND length(sure) <= 8 AND strpos(sure, 'e') = 0
       THEN left(line, -1) || ',' || head
            || CASE sure WHEN '1' THEN '1.0' ELSE sure END || tail || '}}'
       ELSE chr(1) || json_build_array(
           line, state, reason_code,
           (SELECT json_build_array(error.reason_code, error.reason_params) FROM jobs_objecterror error
            WHERE error.data_object_id = labeled.id AND state = 'failed'),
           position, value, confidence, parts, created_at, metadata
       )::text END
FROM (
    SELECT object.line, object.position, label.value, label.confidence, label.parts, label.created_at, label.metadata,
           task.state, task.reason_code, object.id,
           label.confidence::text AS sure, -- longer than 8, and it has more places than are written
           %(heads)s::jsonb -> label.run_id::text ->> label.value::text AS head,
           %(tails)s::jsonb -> label.run_id::text ->> label.value::text AS tail
    FROM jobs_dataobject object
    LEFT JOIN labels_label label ON label.job_id = object.job_id AND label.position = object.position AND {which}
    LEFT JOIN tasks_task task ON task.data_object_id = object.id
    WHERE object.job_id = %(job)s
    ORDER BY object.position
    OFFSET 0
) AS labeled
"""
BLOCK = 1 << 18
UNMADE = b"\x01"
"""Before what the database hands over as it is; no JSON begins with it, nor has it anywhere."""
CURRENT = "label.current"
OF_RUN = "label.run_id = %(run)s"
STAND_IN = 0.123457
"""Confidence in the texts that are made once, to be found and replaced; six places, and in no name of a category."""
MOST_TEXTS = 10_000


def lines(job: Job, *, run_id: int | None = None) -> Iterator[str]:
    """The lines of the output manifest in the order of the input, without line ends, as the database sends them.

    With `run_id`, the labels of that run instead of the job's current ones. An object without any answer
    says why it failed; one that was not labeled (yet), or had been before, is copied as it was.
    """
    for block in blocks(job, run_id):
        yield from block.decode().removesuffix("\n").split("\n")


@export("output-manifest", title=_later("output manifest"), media_type="application/x-ndjson", extension="manifest")
def blocks(job: Job, run_id: int | None = None) -> Iterator[bytes]:
    """Return the same in blocks of many lines, each line with its end."""
    key = manifest.to_json(job.label_attribute)
    metadata = manifest.to_json(f"{job.label_attribute}-metadata")
    params = {"job": job.pk, "run": run_id, "key": key, "metadata": metadata} | _texts(job, run_id)
    query = f"COPY ({ROWS.format(which=CURRENT if run_id is None else OF_RUN)}) TO STDOUT"
    with connection.cursor() as cursor, cursor.copy(query, params) as copy:
        block = bytearray()  # rows kept one by one would each hold a buffer of the driver's
        for row in copy:
            block += row
            if len(block) >= BLOCK:
                yield _finished(job, block)
                block = bytearray()
        if block:
            yield _finished(job, block)


def write(job: Job) -> str:
    """Write the output manifest into the store, whole or not at all; returns its address."""
    with store.store().write(job.output) as file:
        for block in blocks(job):
            file.write(block)
    return job.output


def _finished(job: Job, block: bytearray) -> bytes:
    # COPY doubles backslashes, and would escape line ends and the like, which JSON has none of.
    plain = bytes(block.replace(b"\\\\", b"\\"))
    if UNMADE not in plain:
        return plain
    return b"".join(_made(job, line) for line in plain.splitlines(keepends=True))


def _made(job: Job, text: bytes) -> bytes:
    """A line with its end, whether the database has made it or left it to be made."""
    if not text.startswith(UNMADE):
        return text
    line, state, reason, object_error, *rest = json.loads(text[1:])
    label = _Label(*rest)
    if label.created_at is not None:
        created_at = datetime.fromisoformat(label.created_at)
        line = manifest.augment(line, _block(job, label._replace(created_at=created_at)))
    elif state == TaskState.FAILED:
        line = manifest.augment(line, kinds.failure_fields(job.label_attribute, failure(reason, object_error)))
    return f"{line}\n".encode()


class _Label(NamedTuple):
    """A label as the database has it; `made` is None for an object without one. `metadata`: where a hook made it."""

    position: int
    value: Any
    confidence: float
    parts: list[float] | None
    created_at: Any
    metadata: dict[str, Any] | None = None


def _block(job: Job, label: _Label) -> dict[str, Any]:
    if label.metadata is not None:
        return {job.label_attribute: label.value, f"{job.label_attribute}-metadata": label.metadata}
    context = kinds.ManifestContext(
        attribute=job.label_attribute,
        categories=job.categories,
        medium=job.medium,
        job_name=job.name,
        created_at=label.created_at,
        asset_uri=assets.address(job, label.position, label.created_at),
    )
    return kinds.kind(job.kind).manifest_fields(kinds.Label(label.value, label.confidence, label.parts), context)


def _texts(job: Job, run_id: int | None) -> dict[str, str]:
    """What each value of each run adds to a line, before and behind the confidence; empty where there are too many."""
    runs = Run.objects.filter(job=job, ended_at__isnull=False)
    runs = runs.filter(official=True) if run_id is None else runs.filter(pk=run_id)
    values = kinds.kind(job.kind).values(job.categories)
    heads: dict[int, dict[str, str]] = {}
    tails: dict[int, dict[str, str]] = {}
    if values is not None and runs.count() * len(values) <= MOST_TEXTS:
        for run, created_at in runs.values_list("pk", "ended_at"):  # the time of its labels, too
            heads[run], tails[run] = {}, {}
            for value in values:
                text = manifest.to_json(_block(job, _Label(0, value, STAND_IN, None, created_at)))[1:-1]
                head, stand_in, tail = text.partition(str(STAND_IN))
                if stand_in and str(STAND_IN) not in tail:
                    written = json.dumps(value, ensure_ascii=False)
                    heads[run][written], tails[run][written] = head, tail
    return {"heads": json.dumps(heads), "tails": json.dumps(tails)}


def failure(reason_code: str, error: tuple[str, dict[str, Any]] | None = None) -> str:
    """Return why an object could not be labeled, in the language of the service: all readers get the same manifest.

    `error`: code and parameters of what was wrong with the hook's response, if there is more than the reason code.
    """
    with override(settings.LANGUAGE_CODE):
        if error:
            return reasons.sentence(*error)
        return reasons.sentence(reason_code if reason_code in FAILURES else Reason.NO_ANSWER)
