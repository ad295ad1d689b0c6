"""Serializers of job fields, made from the table of fields.

They describe requests to the OpenAPI document and to people; `gtcrowd.jobs.request` alone reads and checks values.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers
from rest_framework.request import Request

from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import Requester
from gtcrowd.jobs.fields import CHANGEABLE, FIELDS, JobField
from gtcrowd.jobs.fields.special import INSTRUCTIONS

Make = Callable[..., serializers.Field[Any, Any, Any, Any]]


class InstructionsSerializer(serializers.Serializer[Any]):
    short = serializers.CharField(required=False)
    full = serializers.CharField(required=False)
    good_example = serializers.CharField(required=False)
    bad_example = serializers.CharField(required=False)


def _strings(**options: Any) -> serializers.Field[Any, Any, Any, Any]:
    return serializers.ListField(child=serializers.CharField(), **options)


MAKE: Mapping[str, Make] = {
    "string": serializers.CharField,
    "integer": serializers.IntegerField,
    "number": serializers.FloatField,
    "decimal": serializers.DecimalField,
    "boolean": serializers.BooleanField,
    "object": serializers.DictField,
    "list": _strings,
    "time": serializers.DateTimeField,
    "texts": InstructionsSerializer,
}
"""What makes the serializer field of each JSON type."""
NULLABLE = ("integer", "number", "time")
LIMIT_KEYWORDS = {"min_value": "minimum", "max_value": "maximum", "max_length": "maxLength"}


def serializer_field(field: JobField, *, partial: bool = False) -> serializers.Field[Any, Any, Any, Any]:
    """Return the serializer field of a job field; `partial`: of a change, in which nothing is required."""
    options: dict[str, Any] = {"help_text": field.help} if field.help else {}
    if partial or not field.required:
        options["required"] = False
        if field.default is None and field.type.json_type in NULLABLE:
            options["allow_null"] = True
        if partial and field.default == "":
            options["allow_blank"] = True
    limits = field.type.limits(None)
    if "choices" in limits:
        return serializers.ChoiceField(choices=limits["choices"], **options)
    return MAKE[field.type.json_type](**limits, **options)


def serializer_of(
    name: str, names: Iterable[str], doc: str, *, partial: bool = False
) -> type[serializers.Serializer[Any]]:
    """Return a serializer class of job fields."""
    members: dict[str, Any] = {each: serializer_field(FIELDS[each], partial=partial) for each in names}
    return type(name, (serializers.Serializer,), members | {"__doc__": doc})


JobRequestSerializer = serializer_of("JobRequestSerializer", FIELDS, "A labeling job as requested.")
JobChangeSerializer = serializer_of(
    "JobChangeSerializer",
    CHANGEABLE,
    "Changes to a running job. Omitted fields are unchanged.",
    partial=True,
)
COMPONENTS = ("JobRequest", "PatchedJobChange")
"""Names of these serializers in the OpenAPI document."""
SHOWN = tuple(name for name in FIELDS if name not in ("template", "excluded_jobs"))
"""Fields that a job shows over REST."""


def add_limits_of_caller(
    result: dict[str, Any], generator: SchemaGenerator, request: Request | None, public: bool
) -> dict[str, Any]:
    """Add the limits of the caller's requester to the OpenAPI document, so that it states those in force.

    Without a caller, limits that depend on the requester are left out.
    """
    viewer = getattr(request, "auth", None)
    if isinstance(viewer, Viewer):
        for component in COMPONENTS:
            for name, described in result["components"]["schemas"][component]["properties"].items():
                described.update(_keywords(FIELDS[name], viewer.requester, described))
    return result


def _keywords(field: JobField, requester: Requester, described: Mapping[str, Any]) -> dict[str, Any]:
    limits = field.type.limits(requester)
    if described.get("type") != "integer":
        return {}
    return {LIMIT_KEYWORDS[limit]: value for limit, value in limits.items() if limit in LIMIT_KEYWORDS}


assert set(InstructionsSerializer._declared_fields) == set(INSTRUCTIONS)  # noqa: S101 - two lists of one thing
