"""Turn the manifest into objects: streamed by COPY in portions, each remembered, so that it can be resumed."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.db import connection, transaction
from django.db.models import F

from gtcrowd import kinds, manifest
from gtcrowd.jobs import earlier_labels, order, state, store
from gtcrowd.jobs.earlier_labels import Earlier
from gtcrowd.jobs.inspect import EXPECTED
from gtcrowd.jobs.models import Counters, Job, JobState
from gtcrowd.platform.reasons import Explained, Reason

PORTION = 10_000
"""Objects per transaction: at most this many are read again after a crash."""

COPY = "COPY jobs_dataobject (job_id, position, line, labeled_before, rank, sequence, object_id) FROM STDIN"


class ManifestChanged(Explained):
    """The manifest is not the one that was checked when the job was created."""

    def __init__(self, uri: str) -> None:
        super().__init__(Reason.MANIFEST_CHANGED, uri=uri)


def ingest(job: Job, *, now: datetime) -> None:
    """Bring in all objects of the job that are not in yet, and let the work begin.

    Raises ManifestChanged, store.ObjectMissing or manifest.LineRefused if the manifest is no longer what was checked.
    """
    if job.manifest:
        _read_all(job)
    state.move(
        job,
        JobState.IN_PROGRESS,
        code=Reason.WAITING_FOR_WORKERS if job.manifest else Reason.WAITING_FOR_OBJECTS,
        now=now,
    )


def _read_all(job: Job) -> None:
    if job.ingest_offset == 0:
        _must_be_unchanged(job)
    with store.store().open(job.manifest) as stream:
        stream.seek(job.ingest_offset)
        lines = manifest.read_lines(
            stream, start=job.objects_ingested, offset=job.ingest_offset, expect=EXPECTED[job.medium]
        )
        while portion := list(islice(lines, PORTION)):
            _bring_in(job, portion)
    if job.objects_ingested != job.objects_total:
        raise ManifestChanged(job.manifest)


def _bring_in(job: Job, portion: list[manifest.Line]) -> None:
    place_of = order.places(job)
    earlier = 0
    with transaction.atomic():
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            for line in portion:
                labeled, named = is_labeled(job, line), line.fields.get(job.object_id_key)
                earlier += labeled
                object_id = None if named is None else str(named)
                copy.write_row((job.pk, line.index, line.text, labeled, *place_of(line), object_id))
        job.objects_ingested = portion[-1].index + 1
        job.ingest_offset = portion[-1].end
        job.save(update_fields=["objects_ingested", "ingest_offset"])
        count_labeled_before(job, earlier)


def is_labeled(job: Job, line: manifest.Line) -> bool:
    """Return whether a line brings along a label that the job takes over."""
    if job.label_attribute not in line.fields:
        return False
    earlier = earlier_labels.of_line(
        line.fields, kind=kinds.kind(job.kind), attribute=job.label_attribute, categories=job.categories
    )
    return earlier is Earlier.LABEL


def count_labeled_before(job: Job, objects: int) -> None:
    """Add objects that came with a label to the job's counters."""
    if objects:
        Counters.objects.filter(job=job).update(labeled_before=F("labeled_before") + objects)


def _must_be_unchanged(job: Job) -> None:
    digest = hashlib.sha256()
    with store.store().open(job.manifest) as stream:
        for part in _parts(stream.read):
            digest.update(part)
    if digest.hexdigest() != job.manifest_digest:
        raise ManifestChanged(job.manifest)


def _parts(read: "object") -> Iterator[bytes]:
    while part := read(1 << 20):  # type: ignore[operator]
        yield part
