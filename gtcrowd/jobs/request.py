"""What a job may ask for: every field with its bounds, read from what a form, a program or a file gives.

All faults of a request are found before any is told, each naming its field, the value, and what would be right.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from gtcrowd import kinds
from gtcrowd.identity.models import Requester
from gtcrowd.jobs import store
from gtcrowd.ledger import pricing
from gtcrowd.workforce.models import Kind as WorkforceKind
from gtcrowd.workforce.models import Team

NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
DAY = 86_400
TIME_LIMIT = (30, 28_800)
AVAILABILITY = {
    WorkforceKind.PUBLIC: (60, 43_200, 21_600),
    WorkforceKind.PRIVATE: (60, 30 * DAY, 30 * DAY),
    WorkforceKind.VENDOR: (60, 30 * DAY, 30 * DAY),
}
"""Least, most and default seconds that an object stays available, by kind of workforce."""
INSTRUCTIONS = ("short", "full", "good_example", "bad_example")


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a request: the field, what was given, and what would be right."""

    field: str
    value: object
    problem: str


class JobRefused(Exception):
    """The request has faults; nothing was created."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{fault.field}: {fault.problem}" for fault in faults))


@dataclass(frozen=True, kw_only=True)
class JobRequest:
    """A labeling job as asked for, all fields within their bounds. Times are seconds, the price is per task."""

    name: str
    kind: str
    medium: str
    label_attribute: str
    categories: list[str]
    manifest: str
    output: str
    team: Team
    title: str
    description: str
    price: Decimal
    workers_per_object: int
    time_limit: int
    availability: int
    method: str
    max_concurrent: int = 1000
    max_human_labeled: int | None = None
    max_percentage: int | None = None
    late_answers_paid: bool = True
    instructions: dict[str, str] = field(default_factory=dict)


FIELDS = tuple(JobRequest.__dataclass_fields__)


def read(given: Mapping[str, Any], *, requester: Requester, team: Team | None) -> JobRequest:
    """The request in `given`, a mapping from field name to text, number, list or mapping; absent means default.

    `team` is the one named by `given["team"]` if the caller may use it, else None. Raises JobRefused with all faults.
    """
    reading = _Reading(given)
    reading.refuse_unknown()
    buckets = frozenset(requester.buckets.values_list("name", flat=True))
    kind = reading.kind()
    medium = reading.one_of("medium", kind.media if kind else ("image", "text"))
    name = reading.name()
    request: dict[str, Any] = {
        "name": name,
        "kind": kind.name if kind else "",
        "medium": medium,
        "label_attribute": reading.label_attribute(kind, default=name),
        "categories": reading.categories(kind),
        "manifest": reading.manifest(buckets),
        "output": reading.output(name, buckets),
        "team": reading.team(team),
        "title": reading.text("title", 1, 128),
        "description": reading.text("description", 1, 255),
        "price": reading.price(requester),
        "workers_per_object": reading.whole("workers_per_object", 1, requester.most_workers_per_object),
        "time_limit": reading.whole("time_limit", *TIME_LIMIT, default=kind.default_seconds if kind else 300),
        "availability": reading.availability(team),
        "method": reading.one_of("method", kind.methods if kind else (), default=kind.default_method if kind else None),
        "max_concurrent": reading.whole("max_concurrent", 1, requester.most_concurrent, default=1000),
        "max_human_labeled": reading.whole("max_human_labeled", 1, 2_147_483_647, optional=True),
        "max_percentage": reading.whole("max_percentage", 1, 100, optional=True),
        "late_answers_paid": reading.yes_or_no("late_answers_paid", default=True),
        "instructions": reading.instructions(),
    }
    if reading.faults:
        raise JobRefused(reading.faults)
    return JobRequest(**request)


class _Reading:
    """Reads field after field and remembers what was wrong; after a fault the value does not matter."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given
        self.faults: list[Fault] = []

    def fault(self, name: str, problem: str) -> None:
        self.faults.append(Fault(name, self.given.get(name), problem))

    def refuse_unknown(self) -> None:
        for name in self.given:
            if name not in FIELDS:
                self.fault(
                    name,
                    _("is not a field of a job; the fields are %(fields)s.") % {"fields": ", ".join(FIELDS)},
                )

    def absent(self, name: str) -> bool:
        return self.given.get(name) in (None, "")

    def text(self, name: str, least: int, most: int) -> str:
        value = self.given.get(name)
        if isinstance(value, str) and least <= len(value.strip()) <= most:
            return value.strip()
        self.fault(name, _("must be a text of %(least)s to %(most)s characters.") % {"least": least, "most": most})
        return ""

    def whole(
        self, name: str, least: int, most: int, *, default: int | None = None, optional: bool = False
    ) -> int | None:
        value = self.given.get(name)
        if self.absent(name) and (optional or default is not None):
            return default
        try:
            number = int(value) if not isinstance(value, bool | float) else None  # type: ignore[arg-type]
        except (TypeError, ValueError):
            number = None
        if number is None or not least <= number <= most:
            self.fault(name, _("must be a whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
            return default
        return number

    def one_of(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = default if self.absent(name) else self.given.get(name)
        if value in allowed:
            return str(value)
        self.fault(name, _("must be one of: %(allowed)s.") % {"allowed": ", ".join(allowed)})
        return ""

    def yes_or_no(self, name: str, *, default: bool) -> bool:
        value = default if self.absent(name) else self.given[name]
        if isinstance(value, bool):
            return value
        if str(value).lower() in ("true", "yes", "on", "1", "false", "no", "off", "0"):
            return str(value).lower() in ("true", "yes", "on", "1")
        self.fault(name, _("must be true or false."))
        return default

    def name(self) -> str:
        value = self.given.get("name")
        if isinstance(value, str) and NAME.fullmatch(value):
            return value
        self.fault(
            "name",
            _("must be 1 to 63 letters a–z, A–Z, digits or hyphens, beginning and ending with a letter or digit."),
        )
        return ""

    def kind(self) -> kinds.Kind | None:
        name = self.given.get("kind") or "choice"
        if name in kinds.KINDS:
            return kinds.KINDS[name]
        self.fault("kind", _("must be one of: %(allowed)s.") % {"allowed": ", ".join(kinds.KINDS)})
        return None

    def label_attribute(self, kind: kinds.Kind | None, *, default: str) -> str:
        value = default if self.absent("label_attribute") else self.given["label_attribute"]
        if kind and value:
            self.borrow("label_attribute", kind.check_attribute_name, value)
        return str(value)

    def categories(self, kind: kinds.Kind | None) -> list[str]:
        value = self.given.get("categories")
        if not isinstance(value, list):
            self.fault("categories", _("must be a list of names."))
            return []
        if kind:
            self.borrow("categories", kind.check_categories, value)
        return value

    def borrow(self, name: str, check: Callable[[Any], Any], value: object) -> None:
        """Faults that the kind finds."""
        self.faults.extend(Fault(name, fault.value, fault.problem) for fault in check(value))

    def manifest(self, buckets: frozenset[str]) -> str:
        address = self.text("manifest", 1, 1024)
        if address:
            self.own_bucket("manifest", address, buckets)
        return address

    def output(self, name: str, buckets: frozenset[str]) -> str:
        """Address of the output manifest: under the folder asked for, by default `output` in the input's bucket."""
        bucket = str(self.given.get("manifest") or "").strip().removeprefix("s3://").partition("/")[0]
        folder = str(self.given.get("output") or f"s3://{bucket}/output").rstrip("/")
        if self.given.get("output"):
            self.own_bucket("output", f"{folder}/x", buckets)
        return f"{folder}/{name}/manifests/output/output.manifest"

    def own_bucket(self, name: str, address: str, buckets: frozenset[str]) -> None:
        try:
            bucket, _key = store.split(address)
        except store.BadAddress as error:
            self.fault(name, str(error))
            return
        if bucket not in buckets:
            allowed = ", ".join(sorted(buckets))
            self.fault(name, _("must be in a bucket of yours: %(buckets)s.") % {"buckets": allowed})

    def team(self, team: Team | None) -> Team | None:
        if team is None:
            self.fault("team", _("must be the name of a team that you may use."))
        return team

    def price(self, requester: Requester) -> Decimal:
        try:
            price = Decimal(str(self.given.get("price")))
        except InvalidOperation:
            self.fault("price", _("must be an amount such as 0.036."))
            return Decimal(0)
        if not price.is_finite() or price < 0 or price != price.quantize(Decimal("0.001")):
            self.fault("price", _("must be an amount of at most three decimal places, zero or more."))
        elif price not in pricing.LADDER and not requester.lowest_price <= price <= requester.highest_price:
            self.fault(
                "price",
                _("must be from %(low)s to %(high)s, or one of %(ladder)s.")
                % {
                    "low": requester.lowest_price,
                    "high": requester.highest_price,
                    "ladder": ", ".join(map(str, pricing.LADDER)),
                },
            )
        return price

    def availability(self, team: Team | None) -> int | None:
        least, most, default = AVAILABILITY[WorkforceKind(team.workforce.kind) if team else WorkforceKind.PRIVATE]
        return self.whole("availability", least, most, default=default)

    def instructions(self) -> dict[str, str]:
        value = self.given.get("instructions") or {}
        if not isinstance(value, Mapping):
            self.fault("instructions", _("must be a mapping with the texts short, full, good_example, bad_example."))
            return {}
        for part, text in value.items():
            if part not in INSTRUCTIONS or not isinstance(text, str) or len(text) > 100_000:
                self.faults.append(
                    Fault(
                        f"instructions.{part}",
                        text,
                        _("must be a text under short, full, good_example or bad_example."),
                    )
                )
        return {str(part): str(text) for part, text in value.items()}
