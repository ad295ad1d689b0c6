"""Look through an input manifest before anything is created: how many objects, and what is wrong in which line."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from django.core.cache import caches
from django.utils.translation import gettext as _

from gtcrowd import manifest
from gtcrowd.jobs import order, store
from gtcrowd.jobs.request import Fault

MOST_FAULTS = 50
"""Number of faulty lines that are reported."""
PIECE = 1 << 16
REMEMBERED = 3600
"""Seconds for which the result of an inspection is kept."""
EXPECTED = {"image": "source-ref", "text": "source", "video": "source-ref"}


@dataclass(frozen=True)
class Inspected:
    """A manifest as it was seen: number of objects, digest of its bytes, and faults naming their lines."""

    objects: int
    digest: str
    faults: list[Fault]


def inspect(uri: str, *, medium: str, buckets: frozenset[str], task_order: str = "", order_key: str = "") -> Inspected:
    """Read the whole manifest at `uri`, in constant memory. An address without a file is a fault as well.

    `buckets`: those of the requester; an object in any other one is a fault of its line. So is one without the
    attribute `order_key`, where the order of handing out needs it.
    """
    look = partial(fault, buckets=buckets, task_order=task_order, order_key=order_key)
    try:
        with store.store().open(uri) as stream:
            return _look_through(stream, medium, look)
    except (store.ObjectMissing, store.BadAddress) as error:
        return Inspected(0, "", [Fault("manifest", uri, str(error))])


def inspect_once(
    uri: str, *, medium: str, buckets: frozenset[str], task_order: str = "", order_key: str = ""
) -> Inspected:
    """Return what `inspect` does; an unchanged manifest that has no faults is not read again for REMEMBERED.

    A job is reviewed, perhaps several times, and then created: one reading serves for all. Ingest reads the file again
    and compares its digest.
    """
    ordering = {"task_order": task_order, "order_key": order_key}
    try:
        version = store.store().version(uri)
    except (store.ObjectMissing, store.BadAddress):
        return inspect(uri, medium=medium, buckets=buckets, **ordering)
    inputs = [uri, version, medium, sorted(buckets), task_order, order_key]
    key = hashlib.sha256(json.dumps(inputs).encode()).hexdigest()
    if (remembered := caches["manifests"].get(key)) is not None:
        objects, digest = remembered
        return Inspected(objects, digest, [])
    inspected = inspect(uri, medium=medium, buckets=buckets, **ordering)
    if not inspected.faults:
        caches["manifests"].set(key, (inspected.objects, inspected.digest), REMEMBERED)
    return inspected


def fault(
    line: manifest.Line, *, buckets: frozenset[str], task_order: str, order_key: str
) -> manifest.LineRefused | None:
    """What is wrong with a line for this requester and job, beyond what makes it a line of a manifest."""
    return _own_bucket(buckets, line) or order.fault(line, task_order=task_order, key=order_key)


def _look_through(
    stream: BinaryIO, medium: str, look: Callable[[manifest.Line], manifest.LineRefused | None]
) -> Inspected:
    digest = hashlib.sha256()
    report = manifest.check(
        _hashing(stream, digest),
        limit=MOST_FAULTS,
        expect=EXPECTED[medium],
        extra_check=look,
    )
    faults = [Fault("manifest", fault.value, str(fault)) for fault in report.faults]
    if not report.count and not faults:
        faults = [Fault("manifest", "", _("has no lines. At least one object is required."))]
    return Inspected(report.count, digest.hexdigest(), faults)


def _own_bucket(buckets: frozenset[str], line: manifest.Line) -> manifest.LineRefused | None:
    address = line.fields.get("source-ref", "")
    if not address.startswith("s3://") or address[5:].partition("/")[0] in buckets:
        return None
    expected = _("must be in one of your buckets: %(buckets)s.") % {"buckets": ", ".join(sorted(buckets))}
    return manifest.LineRefused(line.number, "source-ref", address, expected)


def _hashing(stream: BinaryIO, digest: "hashlib._Hash") -> Iterator[bytes]:
    # In pieces, not lines: a line without end must not be held in memory.
    while piece := stream.read(PIECE):
        digest.update(piece)
        yield piece
