"""Fields of the job form: value, faults and their wiring in one place."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.inclusion_tag("console/input.html", takes_context=True)
def field(context: template.Context, name: str, label: str, **options: Any) -> dict[str, Any]:
    """A labelled field with what was given and what was wrong with it. `kind`: text, number, area."""
    given, faults = context.get("given") or {}, context.get("faults") or {}
    return {"name": name, "label": label, "value": given.get(name, ""), "faults": faults.get(name), **options}


@register.filter
def shown(value: Any) -> str:
    """A label as people read it: several categories with commas between them."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or _("none")
    return str(value)
