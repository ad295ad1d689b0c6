"""The register of export formats. A format is one module of this package that registers itself with `@export`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.utils.functional import Promise

from gtcrowd.jobs.models import Job

Blocks = Callable[[Job, int | None], Iterator[bytes]]
"""Blocks of a file for a job: of the job's current labels, or of those of the run with this id."""
B = TypeVar("B", bound=Blocks)


@dataclass(frozen=True)
class Export:
    """A format in which labels leave the service.

    `kinds`: names of the kinds of label it can express, or None for all. `blocks` streams the file in constant memory.
    """

    name: str
    title: str | Promise
    media_type: str
    extension: str
    kinds: frozenset[str] | None
    blocks: Blocks

    def suits(self, job: Job) -> bool:
        return self.kinds is None or job.kind in self.kinds

    def file_name(self, job: Job) -> str:
        return f"{job.name}.{self.extension}"


class UnknownExport(LookupError):
    """There is no such export format for this kind of label."""


EXPORTS: dict[str, Export] = {}
"""All formats by name, in the order of their modules' names."""


def export(
    name: str, *, title: str | Promise, media_type: str, extension: str, kinds: frozenset[str] | None = None
) -> Callable[[B], B]:
    """Register the decorated function as an export format."""

    def register(blocks: B) -> B:
        EXPORTS[name] = Export(name, title, media_type, extension, kinds, blocks)
        return blocks

    return register


def of_job(job: Job) -> list[Export]:
    """Return the formats that can express the labels of the job."""
    return [export for export in EXPORTS.values() if export.suits(job)]


def get(name: str, job: Job) -> Export:
    """Return the format `name`. Raises UnknownExport if there is none, or it cannot express the job's labels."""
    for export in of_job(job):
        if export.name == name:
            return export
    raise UnknownExport(name)
