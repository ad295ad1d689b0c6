"""Types of job fields: how a value is read, and what a form and an API document need to know of it.

A type reads the value of one field from a `JobReader`. `json_type` and `limits` describe it to the REST interface,
`control` to a form. Limits that depend on the requester are resolved when one is at hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.functional import Promise

from gtcrowd.identity.models import Requester
from gtcrowd.jobs.fields.reader import Reader
from gtcrowd.kinds import Kind
from gtcrowd.workforce.models import Team


class JobReader(Reader):
    """The values of one job, with what their bounds depend on."""

    def __init__(self, values: Mapping[str, Any], *, requester: Requester, team: Team | None) -> None:
        super().__init__(values)
        self.requester = requester
        self.team = team
        self.buckets = frozenset(requester.buckets.values_list("name", flat=True))
        self.kind: Kind | None = None
        self.job_name = ""


@dataclass(frozen=True)
class OfRequester:
    """A limit that each requester has of its own: the name of the attribute of `Requester`."""

    attribute: str

    def of(self, requester: Requester) -> int:
        return int(getattr(requester, self.attribute))


Limit = int | OfRequester


def resolve(limit: Limit, requester: Requester | None) -> int | None:
    """Return the limit in force for `requester`; None if it depends on the requester and there is none."""
    if not isinstance(limit, OfRequester):
        return limit
    return None if requester is None else limit.of(requester)


@dataclass(frozen=True)
class Part:
    """A part of a field that is a mapping, with a control of its own in a form."""

    key: str
    label: str | Promise
    help: str | Promise = ""
    control: str = "text"
    minimum: float | None = None
    maximum: float | None = None
    choices: Sequence[tuple[str, str | Promise]] = ()


class FieldType:
    """What all types have; a type of one field only overrides `read`.

    `prefix` and `parts` are of fields that are mappings: a form has a control per part, named `prefix` + key.
    """

    prefix: ClassVar[str] = ""
    parts: ClassVar[tuple[Part, ...]] = ()

    json_type: ClassVar[str] = "string"
    control: ClassVar[str] = "text"

    def read(self, reader: JobReader, name: str, default: Any) -> Any:
        """Return the value of the field `name`; faults go to the reader."""
        raise NotImplementedError

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        """Return min_value, max_value, max_length or choices, as far as they are known for `requester`."""
        return {}


@dataclass(frozen=True)
class Text(FieldType):
    minimum: int
    maximum: int

    def read(self, reader: JobReader, name: str, default: Any) -> str:
        return reader.name(name, self.minimum, self.maximum)

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        return {"min_length": self.minimum, "max_length": self.maximum}


@dataclass(frozen=True)
class WholeNumber(FieldType):
    """`optional`: may be absent without a default, and is None then."""

    minimum: int
    maximum: Limit
    optional: bool = False
    json_type: ClassVar[str] = "integer"
    control: ClassVar[str] = "number"

    def read(self, reader: JobReader, name: str, default: Any) -> int | None:
        maximum = resolve(self.maximum, reader.requester)
        assert maximum is not None  # noqa: S101 - the reader has a requester
        return reader.whole(name, self.minimum, maximum, default=default, optional=self.optional)

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        maximum = resolve(self.maximum, requester)
        return {"min_value": self.minimum} | ({} if maximum is None else {"max_value": maximum})


@dataclass(frozen=True)
class Choice(FieldType):
    choices: Sequence[tuple[str, str | Promise]]
    control: ClassVar[str] = "select"

    def read(self, reader: JobReader, name: str, default: Any) -> str:
        return reader.one_of(name, [value for value, _label in self.choices], default)

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        return {"choices": list(self.choices)}


class Flag(FieldType):
    json_type = "boolean"
    control = "checkbox"

    def read(self, reader: JobReader, name: str, default: Any) -> bool:
        return reader.flag(name, default=bool(default))


@dataclass(frozen=True)
class Share(FieldType):
    minimum: float
    maximum: float
    json_type: ClassVar[str] = "number"

    def read(self, reader: JobReader, name: str, default: Any) -> float | None:
        return reader.share(name, self.minimum, self.maximum)

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        return {"min_value": self.minimum, "max_value": self.maximum}


class Names(FieldType):
    json_type = "list"
    control = "lines"

    def read(self, reader: JobReader, name: str, default: Any) -> list[str]:
        return reader.names(name)
