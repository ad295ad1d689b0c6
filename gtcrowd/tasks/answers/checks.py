"""Check a value against the object that it is for."""

from typing import Any

from gtcrowd import kinds
from gtcrowd.jobs.models import DataObject, Job


def check_object(job: Job, object_id: int, value: Any) -> None:
    """Raise kinds.AnswerRefused if the object cannot have the value.

    Only for the kind's own page: another template, or a hook, may show something else than the line of the manifest.
    """
    kind = kinds.kind(job.kind)
    if job.template_id or job.pre_hook or not isinstance(kind, kinds.ObjectChecks):
        return
    kinds.check_object(kind, value, DataObject.objects.values_list("line", flat=True).get(pk=object_id))
