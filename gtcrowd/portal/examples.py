"""The instructions of a job as the portal shows them: texts, and examples that may be pictures."""

from dataclasses import dataclass

from gtcrowd.jobs import signed, store
from gtcrowd.jobs.models import Job


@dataclass(frozen=True)
class Example:
    """Either `text` or `picture`, the address of one."""

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
    given = job.instructions or {}
    return Instructions(
        short=given.get("short", ""),
        full=given.get("full", ""),
        good=_example(job, given.get("good_example", "")),
        bad=_example(job, given.get("bad_example", "")),
    )


def _example(job: Job, given: str) -> Example | None:
    """A picture only from the requester's own buckets; any other address is shown as the text it is."""
    bucket = store.bucket(given)
    if bucket and job.requester.buckets.filter(name=bucket).exists():
        return Example(picture=signed.address(given.strip(), job_id=job.pk))
    return Example(text=given) if given.strip() else None
