"""Look through an input manifest before anything is created: how many objects, and what is wrong in which line."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import BinaryIO

from django.core.cache import caches
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gtcrowd import kinds, manifest
from gtcrowd.jobs import earlier_labels, manifest_file, media_types, order, store
from gtcrowd.jobs.earlier_labels import Earlier
from gtcrowd.jobs.request import Fault

MOST_FAULTS = 50
"""Number of faulty lines that are reported."""
PIECE = 1 << 16
MAX_NAMED = 5
"""Lines of which a warning gives the numbers."""
NUMBERS = re.compile(r"[0-9]+")
"""In sentences about lines; a cause is the same wherever in its line it is."""
FORM = 2
"""Of what is remembered; a change of its form or meaning counts it up."""
REMEMBERED = 3600
"""Seconds for which the result of an inspection is kept."""
EXPECTED = {"image": "source-ref", "text": "source", "video": "source-ref"}


@dataclass
class Lines:
    """How many lines something is true of, and the numbers of the first of them."""

    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        """Count the line of this number, from 1."""
        self.count += 1
        if len(self.first) < MAX_NAMED:
            self.first.append(number)


@dataclass(frozen=True)
class Inspected:
    """A manifest as it was seen: number of objects, digest of its bytes, and faults naming their lines.

    impossible_labels   lines with a label that the job could not have made (gtcrowd.jobs.earlier_labels)
    """

    objects: int
    digest: str
    faults: list[Fault]
    impossible_labels: Lines = field(default_factory=Lines)


@dataclass(frozen=True)
class Subject:
    """What lines are checked for: the job's kind of objects, and its label if lines may bring one along.

    buckets   those of the requester; an object in any other one is a fault of its line
    order_key   attribute that each line must have, where the order of handing out needs it
    kind, label_attribute, categories   of the job; an empty kind: labels are not looked at
    """

    medium: str
    buckets: frozenset[str]
    task_order: str = ""
    order_key: str = ""
    kind: str = ""
    label_attribute: str = ""
    categories: tuple[str, ...] = ()


def inspect(uri: str, subject: Subject) -> Inspected:
    """Read the whole manifest at `uri`, in constant memory. An address without a file is a fault as well."""
    try:
        with store.store().open(uri) as stream:
            problem = manifest_file.problem(stream.read(media_types.HEAD), name=uri.rpartition("/")[2])
            if problem:
                return Inspected(0, "", [Fault("manifest", uri, problem)])
            stream.seek(0)
            return _look_through(stream, subject)
    except (store.ObjectMissing, store.BadAddress) as error:
        return Inspected(0, "", [Fault("manifest", uri, str(error))])


def inspect_once(uri: str, subject: Subject) -> Inspected:
    """Return what `inspect` does; an unchanged manifest that has no faults is not read again for REMEMBERED.

    A job is reviewed, perhaps several times, and then created: one reading serves for all. Ingest reads the file again
    and compares its digest.
    """
    try:
        version = store.store().version(uri)
    except (store.ObjectMissing, store.BadAddress):
        return inspect(uri, subject)
    inputs = [FORM, uri, version, asdict(subject) | {"buckets": sorted(subject.buckets)}]
    key = hashlib.sha256(json.dumps(inputs).encode()).hexdigest()
    if (remembered := caches["manifests"].get(key)) is not None:
        objects, digest, count, first = remembered
        return Inspected(objects, digest, [], Lines(count, first))
    inspected = inspect(uri, subject)
    if not inspected.faults:
        labels = inspected.impossible_labels
        remembered = (inspected.objects, inspected.digest, labels.count, labels.first)
        caches["manifests"].set(key, remembered, REMEMBERED)
    return inspected


def fault(
    line: manifest.Line, *, buckets: frozenset[str], task_order: str, order_key: str
) -> manifest.LineRefused | None:
    """What is wrong with a line for this requester and job, beyond what makes it a line of a manifest."""
    return _own_bucket(buckets, line) or order.fault(line, task_order=task_order, key=order_key)


def by_cause(report: manifest.Report) -> list[tuple[manifest.LineRefused, str]]:
    """Return the first refused line of each cause, and its sentence, which counts the further lines of that cause."""
    causes: dict[tuple[str, str], list[manifest.LineRefused]] = {}
    for refused in report.faults:
        causes.setdefault((refused.field, NUMBERS.sub("#", refused.expected)), []).append(refused)
    unnamed = report.refused - len(report.faults) if len(causes) == 1 else 0
    return [(lines[0], _sentence(lines, unnamed)) for lines in causes.values()]


def _sentence(lines: list[manifest.LineRefused], unnamed: int) -> str:
    first, further = lines[0], lines[1:]
    if not further:
        return str(first)
    count = len(further) + unnamed
    numbers = ", ".join(str(line.number) for line in further[:MAX_NAMED])
    text = ngettext(
        "%(first)s The same in %(count)s more line: %(lines)s.",
        "%(first)s The same in %(count)s more lines, first: %(lines)s.",
        count,
    )
    return text % {"first": first, "count": count, "lines": numbers}


def _look_through(stream: BinaryIO, subject: Subject) -> Inspected:
    digest, impossible = hashlib.sha256(), Lines()
    check = partial(fault, buckets=subject.buckets, task_order=subject.task_order, order_key=subject.order_key)
    kind = kinds.KINDS.get(subject.kind)

    def look(line: manifest.Line) -> manifest.LineRefused | None:
        if kind and subject.label_attribute in line.fields:
            earlier = earlier_labels.of_line(
                line.fields, kind=kind, attribute=subject.label_attribute, categories=subject.categories
            )
            if earlier is Earlier.IMPOSSIBLE:
                impossible.add(line.number)
        return check(line)

    report = manifest.check(
        _hashing(stream, digest),
        limit=MOST_FAULTS,
        expect=EXPECTED[subject.medium],
        extra_check=look,
    )
    faults = [Fault("manifest", fault.value, text) for fault, text in by_cause(report)]
    return Inspected(report.count, digest.hexdigest(), faults, impossible)


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
