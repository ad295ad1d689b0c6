"""The table of job fields as documentation shows it."""

from gtcrowd.identity.models import Requester
from gtcrowd.jobs.fields import FIELDS, GROUPS, JobField
from gtcrowd.jobs.fields.types import OfRequester

HEAD = "| field | type | limits | default | may change |\n|---|---|---|---|---|\n"


def markdown() -> str:
    """Return the table of all fields, grouped as in the console's form, in Markdown."""
    return "\n".join(_group(group, str(title)) for group, title in GROUPS.items())


def _group(group: str, title: str) -> str:
    rows = "".join(_row(field) for field in FIELDS.values() if field.group == group)
    return f"### {title}\n\n{HEAD}{rows}"


def _row(field: JobField) -> str:
    default = "required" if field.required else "" if field.default in (None, "") else f"`{field.default}`"
    name = f"`{field.name}`<br>{field.label}. {field.help}".rstrip(". ") + "."
    changeable = "yes" if field.changeable else ""
    return f"| {name} | {field.type.json_type} | {_limits(field)} | {default} | {changeable} |\n"


def _limits(field: JobField) -> str:
    limits = field.type.limits(None)
    if "choices" in limits:
        return ", ".join(f"`{value}`" for value, _label in limits["choices"])
    maximum = getattr(field.type, "maximum", None)
    if isinstance(maximum, OfRequester):
        default = getattr(Requester(), maximum.attribute)
        return f"{limits['min_value']} to {default}, settable per requester"
    if "max_value" in limits:
        return f"{limits['min_value']} to {limits['max_value']}"
    return f"up to {limits['max_length']} characters" if "max_length" in limits else ""
