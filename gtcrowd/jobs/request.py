"""What a job may ask for: every field with its bounds, read from what a form, a program or a file gives.

All faults of a request are found before any is told, each naming its field, the value, and what would be right.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from gtcrowd import kinds
from gtcrowd.identity.models import Requester
from gtcrowd.jobs import hooks, store
from gtcrowd.jobs.models import KEYED, TaskOrder
from gtcrowd.jobs.reading import Fault, JobRefused, Reading, number
from gtcrowd.kinds import pages
from gtcrowd.ledger import pricing
from gtcrowd.workforce.models import Team, WorkforceType

NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
DAY = 86_400
TIME_LIMIT = (30, 28_800)
TASK_LIFETIME = {
    WorkforceType.PUBLIC: (60, 43_200, 21_600),
    WorkforceType.PRIVATE: (60, 30 * DAY, 30 * DAY),
    WorkforceType.VENDOR: (60, 30 * DAY, 30 * DAY),
}
"""Least, most and default seconds that an object stays available, by kind of workforce."""
WORKER_LIMITS = {"answers": (1, 10**9), "share": (0.1, 100), "hours": (0.01, 1000), "money": (0.001, 10**6)}
"""Bounds of what one worker may do; `share` is a percentage of the job's objects."""
GOLD = {"share": (0, 0.5), "quiz": (0, 100), "quiz_right": (0, 100)}
ACTS = ("pause", "review", "weigh")
HOOKED_KIND = "custom"
INSTRUCTIONS = ("short", "full", "good_example", "bad_example")


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
    task_lifetime: int
    method: str
    max_concurrent: int = 1000
    max_human_labeled: int | None = None
    max_percentage: int | None = None
    late_answers_paid: bool = True
    instructions: dict[str, str] = field(default_factory=dict)
    template: str = ""
    pre_hook: str = ""
    post_hook: str = ""
    method_parameters: dict[str, Any] = field(default_factory=dict)
    task_order: str = TaskOrder.MANIFEST
    order_key: str = ""
    priority: int = 0
    deadline: datetime | None = None
    worker_limits: dict[str, Any] = field(default_factory=dict)
    excluded_jobs: list[str] = field(default_factory=list)
    gold: dict[str, Any] = field(default_factory=dict)
    min_workers: int | None = None
    target_error: float | None = None
    streaming: bool = False
    object_id_key: str = ""
    idle_days: int = 10


FIELDS = tuple(JobRequest.__dataclass_fields__)


def read(given: Mapping[str, Any], *, requester: Requester, team: Team | None) -> JobRequest:
    """The request in `given`, a mapping from field name to text, number, list or mapping; absent means default.

    `team` is the one named by `given["team"]` if the caller may use it, else None. Raises JobRefused with all faults.
    """
    reading = _Reading(given)
    reading.refuse_unknown(FIELDS)
    buckets = frozenset(requester.buckets.values_list("name", flat=True))
    kind = reading.kind()
    medium = reading.one_of("medium", kind.media if kind else ("image", "text", "video"))
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
        "workers_per_object": reading.whole("workers_per_object", 1, requester.max_workers_per_object),
        "time_limit": reading.whole("time_limit", *TIME_LIMIT, default=kind.default_seconds if kind else 300),
        "task_lifetime": reading.availability(team),
        "method": reading.one_of(
            "method", tuple(kind.methods) if kind else (), default=kind.default_method if kind else None
        ),
        "max_concurrent": reading.whole("max_concurrent", 1, requester.max_concurrent_objects, default=1000),
        "max_human_labeled": reading.whole("max_human_labeled", 1, 2_147_483_647, optional=True),
        "max_percentage": reading.whole("max_percentage", 1, 100, optional=True),
        "late_answers_paid": reading.yes_or_no("late_answers_paid", default=True),
        "template": reading.template(),
        "pre_hook": reading.hook("pre_hook", hooks.Stage.PRE),
        "post_hook": reading.hook("post_hook", hooks.Stage.POST),
        "instructions": reading.instructions(),
        "method_parameters": reading.method_parameters(kind),
        "task_order": reading.one_of("task_order", tuple(TaskOrder.values), default=TaskOrder.MANIFEST),
        "order_key": reading.order_key(),
        "priority": reading.whole("priority", -100, 100, default=0),
        "deadline": reading.deadline(),
        "worker_limits": reading.numbers("worker_limits", WORKER_LIMITS),
        "excluded_jobs": reading.names("excluded_jobs"),
        "gold": reading.gold(),
        "min_workers": reading.whole("min_workers", 1, requester.max_workers_per_object, optional=True),
        "target_error": reading.share("target_error"),
        "streaming": reading.yes_or_no("streaming", default=False),
        "object_id_key": reading.object_id_key(),
        "idle_days": reading.whole("idle_days", 1, 365, default=10),
    }
    reading.fit_together(request, kind)
    if reading.faults:
        raise JobRefused(reading.faults)
    return JobRequest(**request)


TRIAL_FIELDS = (
    "name", "kind", "medium", "label_attribute", "categories", "manifest", "title", "description", "instructions",
    "template", "pre_hook", "post_hook", "workers_per_object",
)  # fmt: skip
"""What a trial of a page and hooks needs to know of a job."""


def read_trial(given: Mapping[str, Any], requester: Requester) -> dict[str, Any]:
    """The fields of a job that a trial needs, and the text of its template; of a job that is not asked for yet, much
    may be missing. Raises JobRefused with all faults."""
    reading = _Reading({"name": "trial", "workers_per_object": 1, **{k: v for k, v in given.items() if v}})
    reading.refuse_unknown(TRIAL_FIELDS)
    buckets = frozenset(requester.buckets.values_list("name", flat=True))
    kind = reading.kind()
    name = reading.name()
    fields = {
        "name": name,
        "kind": kind.name if kind else "",
        "medium": reading.one_of("medium", kind.media if kind else ("image", "text", "video"), default="text"),
        "label_attribute": reading.label_attribute(kind, default=name),
        "categories": reading.categories(kind),
        "manifest": reading.manifest(buckets) if "manifest" in reading.given else "",
        "output": reading.output(name, buckets),
        "title": str(reading.given.get("title", "")),
        "description": str(reading.given.get("description", "")),
        "instructions": reading.instructions(),
        "pre_hook": reading.hook("pre_hook", hooks.Stage.PRE),
        "post_hook": reading.hook("post_hook", hooks.Stage.POST),
        "workers_per_object": reading.whole("workers_per_object", 1, requester.max_workers_per_object),
    }
    template = reading.template()
    reading.hook_fits(fields, kind)
    if reading.faults:
        raise JobRefused(reading.faults)
    return {"fields": fields, "template": template}


class _Reading(Reading):
    """The fields of a job."""

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
        default = f"{default}-ref" if kind and kind.refers else default
        value = default if self.absent("label_attribute") else self.given["label_attribute"]
        if kind and value:
            self.borrow("label_attribute", kind.check_attribute_name, value)
        return str(value)

    def categories(self, kind: kinds.Kind | None) -> list[str]:
        value = [] if self.absent("categories") else self.given["categories"]
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
        if self.absent("manifest") and self.given.get("streaming"):
            return ""  # all objects arrive later
        address = self.text("manifest", 1, 1024)
        if address:
            self.own_bucket("manifest", address, buckets)
        return address

    def output(self, name: str, buckets: frozenset[str]) -> str:
        """Address of the output manifest: under the folder asked for, by default `output` in the input's bucket."""
        bucket = str(self.given.get("manifest") or "").strip().removeprefix("s3://").partition("/")[0]
        bucket = bucket or min(buckets, default="")
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
        elif price not in pricing.LADDER and not requester.min_price <= price <= requester.max_price:
            self.fault(
                "price",
                _("must be from %(low)s to %(high)s, or one of %(ladder)s.")
                % {
                    "low": requester.min_price,
                    "high": requester.max_price,
                    "ladder": ", ".join(map(str, pricing.LADDER)),
                },
            )
        return price

    def availability(self, team: Team | None) -> int | None:
        least, most, default = TASK_LIFETIME[WorkforceType(team.workforce.type) if team else WorkforceType.PRIVATE]
        return self.whole("task_lifetime", least, most, default=default)

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

    def method_parameters(self, kind: kinds.Kind | None) -> dict[str, Any]:
        value = self.given.get("method_parameters") or {}
        if not isinstance(value, Mapping):
            self.fault("method_parameters", _("must be a mapping from parameter to value."))
            return {}
        method = self.given.get("method") or (kind.default_method if kind else "")
        if kind and method in kind.methods:
            for fault in kind.check_parameters(str(method), value):
                self.faults.append(Fault(f"method_parameters.{fault.value}", value.get(fault.value), fault.problem))
        return {str(name): one for name, one in value.items()}

    def template(self) -> str:
        """The text of a worker page of one's own, or none."""
        value = self.given.get("template") or ""
        if not isinstance(value, str):
            self.fault("template", _("must be a text in Liquid."))
            return ""
        for fault in pages.faults(value) if value.strip() else ():
            where = _("line %(line)s") % {"line": fault.line} if fault.line else ""
            self.faults.append(Fault("template", where, fault.problem))
        return value if value.strip() else ""

    def hook(self, name: str, stage: str) -> str:
        """The address of a hook, or the name of one that is installed; none for an empty text."""
        value = self.given.get(name) or ""
        if not isinstance(value, str) or len(value.strip()) > hooks.MOST_ADDRESS:
            self.fault(name, _("must be a text of at most %(most)s characters.") % {"most": hooks.MOST_ADDRESS})
            return ""
        value = value.strip()
        problem = hooks.caller().fault(value, stage) if value else None
        if problem:
            self.fault(name, problem)
        return value

    def order_key(self) -> str:
        value, task_order = str(self.given.get("order_key") or ""), self.given.get("task_order")
        if task_order in KEYED and not value:
            self.fault("order_key", _("must name the attribute of each line by which objects are ordered."))
        if value and task_order not in (*KEYED, TaskOrder.RANDOM):
            self.fault("order_key", _("belongs to the orders priority and sequence, and is the seed of random."))
        if len(value) > 127:
            self.fault("order_key", _("must have at most 127 characters."))
        return value

    def deadline(self) -> datetime | None:
        value = self.given.get("deadline")
        if isinstance(value, datetime) or self.absent("deadline"):
            return value or None
        try:
            time = parse_datetime(str(value))
        except ValueError:
            time = None
        if time is None:
            self.fault("deadline", _("must be a time such as 2026-12-01T12:00Z."))
            return None
        return time if time.tzinfo else timezone.make_aware(time)

    def gold(self) -> dict[str, Any]:
        value = self.given.get("gold") or {}
        if not isinstance(value, Mapping):
            self.fault("gold", _("must be a mapping with share, quiz, quiz_right, feedback and rules."))
            return {}
        plain = {name: one for name, one in value.items() if name not in ("feedback", "rules")}
        found = Reading({"gold": plain})
        read = found.numbers("gold", GOLD)
        self.faults += found.faults
        if read.get("quiz_right", 0) > read.get("quiz", 0):
            self.faults.append(Fault("gold.quiz_right", read["quiz_right"], _("must not be more than the quiz has.")))
        if "feedback" in value:
            found = Reading({"feedback": value["feedback"]})
            read["feedback"] = found.yes_or_no("feedback", default=False)
            self.faults += [Fault("gold.feedback", fault.value, fault.problem) for fault in found.faults]
        rules = value.get("rules") or []
        if not isinstance(rules, list) or not all(_is_rule(rule) for rule in rules):
            problem = _('must be a list of rules such as {"below": 0.7, "do": "pause"}; what can be done: %(acts)s.')
            self.faults.append(Fault("gold.rules", rules, problem % {"acts": ", ".join(ACTS)}))
        elif rules:
            read["rules"] = [{"below": float(rule["below"]), "do": rule["do"]} for rule in rules]
        return read

    def object_id_key(self) -> str:
        value = str(self.given.get("object_id_key") or "")
        if not re.fullmatch(r"[$a-zA-Z0-9_-]{0,140}", value):
            self.fault("object_id_key", _("must be a name of at most 140 letters, digits and $ _ -."))
        return value

    def fit_together(self, request: Mapping[str, Any], kind: kinds.Kind | None) -> None:
        """Faults of fields that are right by themselves and wrong together."""
        least, target = request["min_workers"], request["target_error"]
        if (least is None) != (target is None) and not self._wrong("min_workers", "target_error"):
            self.fault("min_workers", _("and target_error belong together: give both or neither."))
        if least is not None:
            if least > (request["workers_per_object"] or least):
                self.fault("min_workers", _("must not be more than workers_per_object, which is the most."))
            if request["task_order"] == TaskOrder.SEQUENCE:
                self.fault("min_workers", _("cannot be used with sequences, whose places are fixed."))
            if kind and request["method"] and request["method"] not in kind.learning_methods:
                learning = ", ".join(kind.learning_methods)
                self.fault("method", _("must be one that learns about workers: %(methods)s.") % {"methods": learning})
        self.hook_fits(request, kind)
        if request["streaming"]:
            for name in ("max_human_labeled", "max_percentage"):
                if request[name] is not None:
                    self.fault(name, _("cannot be used with streaming jobs, whose number of objects is not known."))
        elif request["object_id_key"]:
            self.fault("object_id_key", _("belongs to streaming jobs."))

    def hook_fits(self, request: Mapping[str, Any], kind: kinds.Kind | None) -> None:
        if request["post_hook"] and kind and kind.name != HOOKED_KIND:
            # What other kinds conclude has a form that people, known objects and figures rely on.
            self.fault("post_hook", _("is for jobs of the kind %(kind)s.") % {"kind": HOOKED_KIND})

    def _wrong(self, *names: str) -> bool:
        return any(fault.field in names for fault in self.faults)


def _is_rule(rule: object) -> bool:
    if not isinstance(rule, Mapping) or set(rule) != {"below", "do"} or rule["do"] not in ACTS:
        return False
    below = number(rule["below"])
    return below is not None and 0 < below <= 1
