"""The files that go with labels of some kinds: masks as pictures, beside the output manifest."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from gtcrowd import kinds
from gtcrowd.jobs import store
from gtcrowd.jobs.models import Job


def address(job: Job, position: int, created_at: datetime) -> str:
    """Where the file of an object's label lies, as Ground Truth names it."""
    folder = job.output.rpartition("/manifests/")[0]
    return f"{folder}/annotations/consolidated-annotation/output/{position}_{created_at:%Y-%m-%dT%H:%M:%S.%f}.png"


def write(job: Job, labels: Iterable[tuple[int, Any]], *, created_at: datetime) -> None:
    """Write the files of labels, each a position and a value, if the job's kind has any."""
    assets = kinds.assets(kinds.kind(job.kind))
    if assets is None:
        return
    for position, value in labels:
        with store.store().write(address(job, position, created_at)) as file:
            file.write(assets.asset(value, job.categories))
