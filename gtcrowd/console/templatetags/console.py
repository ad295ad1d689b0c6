"""Fields of the job form: value, faults and their wiring in one place."""

import json
from typing import Any

from django import template
from django.utils.text import Truncator

from gtcrowd.analytics.value_text import words

MOST_SHOWN = 200
MOST_JSON = 20_000
register = template.Library()


@register.inclusion_tag("console/input.html", takes_context=True)
def field(context: template.Context, name: str, label: str, **options: Any) -> dict[str, Any]:
    """A labelled field with what was given and what was wrong with it. `kind`: text, number, area."""
    values, faults = context.get("given") or {}, context.get("faults") or {}
    return {"name": name, "label": label, "value": values.get(name, ""), "faults": faults.get(name), **options}


@register.filter
def as_json(value: Any) -> str:
    """Return a value as JSON for people, cut to a maximum length."""
    return Truncator(json.dumps(value, ensure_ascii=False, indent=2)).chars(MOST_JSON)


@register.filter
def shown(value: Any, kind: str = "") -> str:
    """Return a label or an answer in words. `kind`: name of its kind."""
    return words(value, kind, most=MOST_SHOWN)
