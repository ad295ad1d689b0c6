"""A job's instructions as the portal shows them: texts, and examples that may be pictures."""

from dataclasses import dataclass

from gtcrowd.jobs import signed, store
from gtcrowd.jobs.models import Job


@dataclass(frozen=True)
class Example:
    """An example: either `text`, or `picture` with the address of one."""

    text: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Instructions:
    short: str
    full: str
    good: Example | None
    bad: Example | None

    def __bool__(self) -> bool:
        return bool(self.short or self.full or self.good or self.bad)


def of(job: Job) -> Instructions:
    text = job.instructions or {}
    return Instructions(
        short=text.get("short", ""),
        full=text.get("full", ""),
        good=_example(job, text.get("good_example", "")),
        bad=_example(job, text.get("bad_example", "")),
    )


def _example(job: Job, text: str) -> Example | None:
    """Return an example; pictures only from the requester's own buckets, any other address as text."""
    bucket = store.bucket(text)
    if bucket and job.requester.buckets.filter(name=bucket).exists():
        return Example(picture=signed.address(text.strip(), job_id=job.pk))
    return Example(text=text) if text.strip() else None
