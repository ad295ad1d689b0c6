"""Types that one field each has: what a name, a manifest, a price or a rule about gold may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gtcrowd import kinds, plain_text
from gtcrowd.hooks import addresses, calls
from gtcrowd.identity.models import Requester
from gtcrowd.jobs import store
from gtcrowd.jobs.fields.reader import Fault, Reader
from gtcrowd.jobs.fields.types import FieldType, JobReader, Part
from gtcrowd.jobs.models import KEYED, TaskOrder
from gtcrowd.kinds import pages
from gtcrowd.ledger import pricing
from gtcrowd.workforce.models import Team, WorkforceType

MEDIA = {"image": gettext_lazy("Images"), "text": gettext_lazy("Texts"), "video": gettext_lazy("Video clips")}
INSTRUCTIONS = ("short", "full", "good_example", "bad_example")
MAX_INSTRUCTION = 100_000
GOLD = {"share": (0, 0.5), "quiz": (0, 100), "quiz_right": (0, 100)}
GOLD_ACTION_CHOICES = (
    ("pause", gettext_lazy("pause them in this job")),
    ("review", gettext_lazy("flag them for review")),
    ("weigh", gettext_lazy("weight their answers by accuracy")),
)
GOLD_ACTIONS = tuple(action for action, _label in GOLD_ACTION_CHOICES)
DAY = 86_400
TASK_LIFETIME = {
    WorkforceType.PUBLIC: (60, 43_200, 21_600),
    WorkforceType.PRIVATE: (60, 30 * DAY, 30 * DAY),
    WorkforceType.VENDOR: (60, 30 * DAY, 30 * DAY),
}
"""Minimum, maximum and default lifetime of a task in seconds, by type of workforce."""


class JobName(FieldType):
    """Sets `reader.job_name`, from which the label attribute and the output location follow by default."""

    PATTERN = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")

    def read(self, reader: JobReader, name: str, default: Any) -> str:
        value = reader.values.get(name)
        if isinstance(value, str) and self.PATTERN.fullmatch(value):
            reader.job_name = value
            return value
        text = _("must have 1 to 63 letters (a–z, A–Z), digits or hyphens, and begin and end with a letter or digit.")
        reader.fault(name, text)
        return ""

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        return {"max_length": 63}


class KindName(FieldType):
    """Sets `reader.kind`, on which the fields after it depend."""

    control = "select"

    def read(self, reader: JobReader, name: str, default: Any) -> str:
        value = reader.values.get(name) or default
        reader.kind = kinds.KINDS.get(value) if isinstance(value, str) else None
        if reader.kind is None:
            reader.fault(name, _("must be one of: %(allowed)s.") % {"allowed": ", ".join(kinds.KINDS)})
            return ""
        return reader.kind.name

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        return {"choices": [(kind.name, kind.title) for kind in kinds.KINDS.values()]}


class Medium(FieldType):
    control = "select"

    def read(self, reader: JobReader, name: str, default: Any) -> str:
        return reader.one_of(name, reader.kind.media if reader.kind else tuple(MEDIA), default)

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        return {"choices": list(MEDIA.items())}


class LabelAttribute(FieldType):
    """The name of the job by default, with -ref for kinds whose labels are files."""

    def read(self, reader: JobReader, name: str, default: Any) -> str:
        kind = reader.kind
        value = reader.values.get(name)
        if reader.absent(name):
            value = f"{reader.job_name}{'-ref' if kind and kind.is_reference else ''}"
        if kind and value:
            _faults_of_kind(reader, name, kind.check_attribute_name, value)
        return str(value)

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        return {"max_length": 127}


class Categories(FieldType):
    json_type = "list"
    control = "lines"

    def read(self, reader: JobReader, name: str, default: Any) -> list[str]:
        value = [] if reader.absent(name) else reader.values[name]
        if not isinstance(value, list):
            reader.fault(name, _("must be a list of names."))
            return []
        value = [plain_text.name(item) or item if isinstance(item, str) else item for item in value]
        if reader.kind:
            _faults_of_kind(reader, name, reader.kind.check_categories, value)
        return value


class Manifest(FieldType):
    """Address of the input manifest in a bucket of the requester's; a streaming job may have none."""

    def read(self, reader: JobReader, name: str, default: Any) -> str:
        if reader.absent(name) and reader.values.get("streaming"):
            return ""
        address = reader.text(name, 1, 1024)
        if address:
            _check_bucket(reader, name, address)
        return address

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        return {"max_length": 1024}


class Output(FieldType):
    """Address of the output manifest: under the folder given, by default `output` in the bucket of the input."""

    def read(self, reader: JobReader, name: str, default: Any) -> str:
        bucket = str(reader.values.get("manifest") or "").strip().removeprefix("s3://").partition("/")[0]
        bucket = bucket or min(reader.buckets, default="")
        folder = str(reader.values.get(name) or f"s3://{bucket}/output").rstrip("/")
        if reader.values.get(name):
            _check_bucket(reader, name, f"{folder}/x")
        return f"{folder}/{reader.job_name}/manifests/output/output.manifest"


class TeamName(FieldType):
    control = "select"

    def read(self, reader: JobReader, name: str, default: Any) -> Team | None:
        if reader.team is None:
            reader.fault(name, _("must be the name of a team that you can use."))
        return reader.team


class Price(FieldType):
    json_type = "decimal"

    def read(self, reader: JobReader, name: str, default: Any) -> Decimal:
        requester = reader.requester
        price = plain_text.amount(reader.values.get(name))
        if price is None:
            reader.fault(name, _("must be an amount in the digits 0 to 9, such as 0.036."))
            return Decimal(0)
        if price < 0 or price != round(price, 3):
            reader.fault(name, _("must be an amount of zero or more with at most three decimal places."))
        elif price not in pricing.LADDER and not requester.min_price <= price <= requester.max_price:
            bounds = {
                "low": requester.min_price, "high": requester.max_price, "ladder": ", ".join(map(str, pricing.LADDER)),
            }  # fmt: skip
            reader.fault(name, _("must be from %(low)s to %(high)s, or one of %(ladder)s.") % bounds)
        return price

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        # The price ladder is allowed besides the bounds of the requester, so they are no limits by themselves.
        return {"max_digits": 14, "decimal_places": 3, "min_value": Decimal(0)}


@dataclass(frozen=True)
class TimeLimit(FieldType):
    minimum: int
    maximum: int
    json_type: ClassVar[str] = "integer"
    control: ClassVar[str] = "number"

    def read(self, reader: JobReader, name: str, default: Any) -> int | None:
        default = reader.kind.default_seconds if reader.kind else default
        return reader.whole(name, self.minimum, self.maximum, default=default)

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        return {"min_value": self.minimum, "max_value": self.maximum}


class TaskLifetime(FieldType):
    json_type = "integer"
    control = "number"

    def read(self, reader: JobReader, name: str, default: Any) -> int | None:
        workforce = WorkforceType(reader.team.workforce.type) if reader.team else WorkforceType.PRIVATE
        minimum, maximum, default = TASK_LIFETIME[workforce]
        return reader.whole(name, minimum, maximum, default=default)

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        lifetimes = TASK_LIFETIME.values()
        return {"min_value": min(low for low, *_ in lifetimes), "max_value": max(high for _, high, _ in lifetimes)}


class Instructions(FieldType):
    json_type = "texts"
    control = "parts"
    parts = (
        Part("short", gettext_lazy("Short instructions")),
        Part("full", gettext_lazy("Full instructions"), control="area"),
        Part("good_example", gettext_lazy("Good example"), gettext_lazy("Text, or the URL of an image.")),
        Part("bad_example", gettext_lazy("Bad example")),
    )

    def read(self, reader: JobReader, name: str, default: Any) -> dict[str, str]:
        value = reader.values.get(name) or {}
        if not isinstance(value, Mapping):
            reader.fault(name, _("must be a mapping with the texts short, full, good_example, bad_example."))
            return {}
        for part, text in value.items():
            if part not in INSTRUCTIONS or not isinstance(text, str) or len(text) > MAX_INSTRUCTION:
                problem = _("must be text under short, full, good_example or bad_example.")
                reader.faults.append(Fault(f"{name}.{part}", text, problem))
        return {str(part): str(text) for part, text in value.items()}


class MethodName(FieldType):
    control = "select"

    def read(self, reader: JobReader, name: str, default: Any) -> str:
        kind = reader.kind
        return reader.one_of(name, tuple(kind.methods) if kind else (), kind.default_method if kind else None)


class MethodParameters(FieldType):
    json_type = "object"
    control = ""

    def read(self, reader: JobReader, name: str, default: Any) -> dict[str, Any]:
        value = reader.values.get(name) or {}
        if not isinstance(value, Mapping):
            reader.fault(name, _("must be a mapping from parameter to value."))
            return {}
        kind = reader.kind
        method = reader.values.get("method") or (kind.default_method if kind else "")
        if kind and method in kind.methods:
            for fault in kind.check_parameters(str(method), value):
                reader.faults.append(Fault(f"{name}.{fault.value}", value.get(fault.value), fault.problem))
        return {str(parameter): parameter_value for parameter, parameter_value in value.items()}


class TaskTemplate(FieldType):
    control = "area"

    def read(self, reader: JobReader, name: str, default: Any) -> str:
        value = reader.values.get(name) or ""
        if not isinstance(value, str):
            reader.fault(name, _("must be a Liquid template."))
            return ""
        for fault in pages.faults(value) if value.strip() else ():
            where = _("line %(line)s") % {"line": fault.line} if fault.line else ""
            reader.faults.append(Fault(name, where, fault.problem))
        return value if value.strip() else ""

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        return {"max_length": pages.MAX_LENGTH}


@dataclass(frozen=True)
class HookTarget(FieldType):
    """The address of a hook, or the name of one that is installed; empty for none."""

    stage: str

    def read(self, reader: JobReader, name: str, default: Any) -> str:
        value = reader.values.get(name) or ""
        if not isinstance(value, str) or len(value.strip()) > addresses.MOST_CHARACTERS:
            most = {"maximum": addresses.MOST_CHARACTERS}
            reader.fault(name, _("must be text of at most %(maximum)s characters.") % most)
            return ""
        value = value.strip()
        problem = calls.caller().fault(value, self.stage) if value else None
        if problem:
            reader.fault(name, problem)
        return value

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        return {"max_length": addresses.MOST_CHARACTERS}


class OrderKey(FieldType):
    MAXIMUM = 127

    def read(self, reader: JobReader, name: str, default: Any) -> str:
        value, task_order = str(reader.values.get(name) or ""), reader.values.get("task_order")
        if task_order in KEYED and not value:
            reader.fault(name, _("must be the attribute of each line that determines the order."))
        if value and task_order not in (*KEYED, TaskOrder.RANDOM):
            reader.fault(name, _("can only be used with the task orders priority, sequence and random (as its seed)."))
        if len(value) > self.MAXIMUM:
            reader.fault(name, _("must have at most %(maximum)s characters.") % {"maximum": self.MAXIMUM})
        return value

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        return {"max_length": self.MAXIMUM}


class Deadline(FieldType):
    json_type = "time"

    def read(self, reader: JobReader, name: str, default: Any) -> datetime | None:
        value = reader.values.get(name)
        if isinstance(value, datetime) or reader.absent(name):
            return value or None
        try:
            time = parse_datetime(str(value)) if str(value).isascii() else None
        except ValueError:
            time = None
        if time is None:
            reader.fault(name, _("must be a time such as 2026-12-01T12:00Z."))
            return None
        return time if time.tzinfo else timezone.make_aware(time)


class GoldSettings(FieldType):
    """How gold questions are mixed in, and what follows from a worker's accuracy on them."""

    json_type = "object"
    control = "gold"
    prefix = "gold_"
    parts = (
        Part("share", gettext_lazy("Share of gold questions"), gettext_lazy("0 to 0.5 of each worker's tasks")),
        Part("quiz", gettext_lazy("Quiz questions before paid work"), control="number", minimum=0, maximum=100),
        Part("quiz_right", gettext_lazy("Right answers needed to pass"), control="number", minimum=0, maximum=100),
        Part(
            "below", gettext_lazy("If a worker's accuracy is significantly below"),
            gettext_lazy("Compared with the upper end of the confidence interval, for example 0.7"),
        ),
        Part("do", gettext_lazy("then"), control="select", choices=GOLD_ACTION_CHOICES),
        Part(
            "feedback", gettext_lazy("Show workers the right answer after each gold question"), control="checkbox",
        ),
    )  # fmt: skip

    def read(self, reader: JobReader, name: str, default: Any) -> dict[str, Any]:
        value = reader.values.get(name) or {}
        if not isinstance(value, Mapping):
            reader.fault(name, _("must be a mapping with share, quiz, quiz_right, feedback and rules."))
            return {}
        numbers = Reader({name: {part: item for part, item in value.items() if part not in ("feedback", "rules")}})
        settings = numbers.numbers(name, GOLD)
        reader.faults += numbers.faults
        if settings.get("quiz_right", 0) > settings.get("quiz", 0):
            problem = _("must not be more than the number of questions in the quiz.")
            reader.faults.append(Fault(f"{name}.quiz_right", settings["quiz_right"], problem))
        if "feedback" in value:
            settings["feedback"] = self._feedback(reader, name, value["feedback"])
        return settings | self._rules(reader, name, value.get("rules") or [])

    def _feedback(self, reader: JobReader, name: str, value: object) -> bool:
        flag = Reader({f"{name}.feedback": value})
        feedback = flag.flag(f"{name}.feedback", default=False)
        reader.faults += flag.faults
        return feedback

    def _rules(self, reader: JobReader, name: str, rules: object) -> dict[str, Any]:
        if not isinstance(rules, list) or not all(_is_rule(rule) for rule in rules):
            problem = _('must be a list of rules such as {"below": 0.7, "do": "pause"}. Actions: %(actions)s.')
            reader.faults.append(Fault(f"{name}.rules", rules, problem % {"actions": ", ".join(GOLD_ACTIONS)}))
            return {}
        return {"rules": [{"below": float(rule["below"]), "do": rule["do"]} for rule in rules]} if rules else {}


class WorkerLimits(FieldType):
    """The most that one worker may do in the job; `share` is a percentage of the job's objects."""

    json_type = "object"
    control = "parts"
    prefix = "limit_"
    parts = (
        Part("answers", gettext_lazy("Maximum answers per worker"), control="number", minimum=1, maximum=10**9),
        Part("share", gettext_lazy("Maximum percentage of objects per worker"), minimum=0.1, maximum=100),
        Part("hours", gettext_lazy("Maximum hours per worker"), minimum=0.01, maximum=1000),
        Part("money", gettext_lazy("Maximum pay per worker (dollars)"), minimum=0.001, maximum=10**6),
    )

    def read(self, reader: JobReader, name: str, default: Any) -> dict[str, Any]:
        return reader.numbers(name, {part.key: (part.minimum or 0, part.maximum or 0) for part in self.parts})


class ObjectIdKey(FieldType):
    MAXIMUM = 140

    def read(self, reader: JobReader, name: str, default: Any) -> str:
        value = str(reader.values.get(name) or "")
        if not re.fullmatch(rf"[$a-zA-Z0-9_-]{{0,{self.MAXIMUM}}}", value):
            text = _("must be a name of at most %(maximum)s letters, digits and $ _ -.")
            reader.fault(name, text % {"maximum": self.MAXIMUM})
        return value

    def limits(self, requester: Requester | None) -> dict[str, Any]:
        return {"max_length": self.MAXIMUM}


def _faults_of_kind(reader: JobReader, name: str, check: Callable[[Any], Any], value: object) -> None:
    reader.faults.extend(Fault(name, fault.value, fault.problem) for fault in check(value))


def _check_bucket(reader: JobReader, name: str, address: str) -> None:
    try:
        bucket, _key = store.split(address)
    except store.BadAddress as error:
        reader.fault(name, str(error))
        return
    if bucket not in reader.buckets:
        buckets = ", ".join(sorted(reader.buckets))
        reader.fault(name, _("must be in one of your buckets: %(buckets)s.") % {"buckets": buckets})


def _is_rule(rule: object) -> bool:
    if not isinstance(rule, Mapping) or set(rule) != {"below", "do"} or rule["do"] not in GOLD_ACTIONS:
        return False
    below = plain_text.number(rule["below"])
    return below is not None and 0 < below <= 1
