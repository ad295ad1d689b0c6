"""Add objects to a running streaming job: validate them, ignore repeated ones, reserve the budget, open them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from gtcrowd import manifest
from gtcrowd.hooks import signature, signing_secret
from gtcrowd.identity.roles import Right
from gtcrowd.jobs import ingest, inspect, order, state
from gtcrowd.jobs.models import DataObject, Job, JobState
from gtcrowd.jobs.request import Fault, JobRefused
from gtcrowd.ledger import hold, pricing
from gtcrowd.platform import queue

MOST_AT_ONCE = 10_000
MOST_ID = 1024
RIGHT = Right.CREATE_JOBS
"""What a member needs to add objects, and to see the secret of the webhook."""


@dataclass(frozen=True)
class Arrived:
    """The result of a delivery: numbers of objects added, and of repeated ones, which were ignored."""

    added: int
    repeated: int


def arrive(*, job: Job, lines: Sequence[Any], now: datetime) -> Arrived:
    """Add objects to a streaming job: each of `lines` is a line of a manifest, as text or as its object.

    All or none are added. An object is identified by the value of the job's `object_id_key`, else by its whole line;
    repeated ones are ignored. The budget grows with them. Raises JobRefused with every fault,
    InsufficientFunds, state.NotPossible.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update(no_key=True, of=("self",)).select_related("requester").get(pk=job.pk)
        if not job.streaming:
            text = _("%(job)s is not a streaming job. Objects cannot be added to it.")
            raise state.NotPossible(text % {"job": job})
        if job.state != JobState.IN_PROGRESS:
            text = _("Objects cannot be added to %(job)s in the state %(state)s.")
            raise state.NotPossible(text % {"job": job, "state": job.get_state_display()})
        fresh = {_object_id(job, line): line for line in _read(job, lines)}
        existing = set(DataObject.objects.filter(job=job, object_id__in=fresh).values_list("object_id", flat=True))
        added = [(name, line) for name, line in fresh.items() if name not in existing]
        if added:
            _add(job, added, now)
    if added:
        queue.advance(job.pk)
    return Arrived(len(added), len(lines) - len(added))


def secret(job: Job) -> str:
    """Return the secret that signs deliveries to the job's webhook."""
    return signing_secret.of_webhook(job_id=job.pk, created_at=job.created_at)


def addressed(job_id: int, body: bytes, header: str) -> Job | None:
    """Return the streaming job whose secret signed a delivery, by the value of the header `signature.HEADER`."""
    job = Job.objects.filter(pk=job_id, streaming=True).first()
    if job is None:
        return None
    return job if signature.is_of_delivery(header, body, secret=secret(job)) else None


def _read(job: Job, lines: Sequence[Any]) -> list[manifest.Line]:
    if not 1 <= len(lines) <= MOST_AT_ONCE:
        problem = _("must have 1 to %(most)s objects.") % {"most": MOST_AT_ONCE}
        raise JobRefused([Fault("objects", len(lines), problem)])
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    stream = BytesIO("\n".join(text.replace("\n", " ") for text in texts).encode("utf-8", "surrogatepass"))
    buckets = frozenset(job.requester.buckets.values_list("name", flat=True))
    look = partial(inspect.fault, buckets=buckets, task_order=job.task_order, order_key=job.order_key)

    valid: list[manifest.Line] = []

    def check_line(line: manifest.Line) -> manifest.LineRefused | None:
        valid.append(line)
        return look(line) or _id_fault(job, line)

    expect = inspect.EXPECTED[job.medium]
    report = manifest.check(stream, limit=inspect.MOST_FAULTS, expect=expect, extra_check=check_line)
    if report.faults:
        raise JobRefused([Fault("objects", fault.value, text) for fault, text in inspect.by_cause(report)])
    return valid


def _id_fault(job: Job, line: manifest.Line) -> manifest.LineRefused | None:
    if not job.object_id_key:
        return None
    value = line.fields.get(job.object_id_key)
    if isinstance(value, str | int) and not isinstance(value, bool) and 1 <= len(str(value)) <= MOST_ID:
        return None
    expected = _("must be a text of 1 to %(most)s characters or a whole number: the ID of the object.")
    return manifest.LineRefused(line.number, job.object_id_key, value, expected % {"most": MOST_ID})


def _object_id(job: Job, line: manifest.Line) -> str:
    if job.object_id_key:
        return str(line.fields[job.object_id_key])
    return hashlib.sha256(line.text.encode()).hexdigest()


def _add(job: Job, added: list[tuple[str, manifest.Line]], now: datetime) -> None:
    place_of, first = order.places(job), job.objects_total
    rows = []
    for number, (name, line) in enumerate(added, first):
        rank, sequence = place_of(manifest.Line(number, line.text, line.fields, line.end))
        rows.append(DataObject(
            job=job, position=number, line=line.text, labeled_before=ingest.is_labeled(job, line), rank=rank,
            sequence=sequence, object_id=name,
        ))  # fmt: skip
    DataObject.objects.bulk_create(rows, batch_size=1000)
    ingest.count_labeled_before(job, sum(row.labeled_before for row in rows))
    cost = pricing.job_cost(
        objects=len(added), workers_per_object=job.workers_per_object, price=job.price,
        fee_per_object=settings.GTCROWD_FEE_PER_OBJECT,
    )  # fmt: skip
    hold.add(
        requester_id=job.requester_id, job_id=job.pk, amount=cost.total, credit=job.requester.credit,
        reference=f"from-{first}", now=now,
    )  # fmt: skip
    Job.objects.filter(pk=job.pk).update(
        objects_total=first + len(added), objects_ingested=first + len(added), arrived_at=now
    )
