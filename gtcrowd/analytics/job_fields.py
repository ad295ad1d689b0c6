"""Labels of job fields, for rooms that see the other ones through analytics only."""

from gtcrowd.jobs.fields import FIELDS


def label(name: str) -> str:
    """Return the label of a job field in the language in force; its name if there is no such field any more."""
    return str(FIELDS[name].label) if name in FIELDS else name
