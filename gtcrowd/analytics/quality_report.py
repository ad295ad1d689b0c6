"""The quality report of a job: its content, typed, and the versions of it that are stored as JSON.

`run_summary.summarize` makes a report, `quality.form` stores it, and frames, dashboards and REST read it. Reports that
are stored outlive the code that wrote them, so each has a version. VERSIONS turns the content of each older version
into that of the next one; a report of a later version is refused, because its content may mean something else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from gtcrowd.analytics.measures.calibration import Reliability

VERSION = 2
Content = dict[str, Any]


class UnknownVersion(Exception):
    """The report was written by a later version of gtcrowd."""

    def __init__(self, version: object) -> None:
        text = _(
            "The quality report has format %(version)s; this version of gtcrowd reads formats up to %(known)s. Update "
            "gtcrowd, or run the consolidation again."
        )
        super().__init__(text % {"version": version, "known": VERSION})


class Coefficient(TypedDict):
    """A coefficient of agreement with its 95 % interval (consolidation.agreement); `reason`: why it is not defined."""

    value: float | None
    low: float | None
    high: float | None
    tasks: int
    answers: int
    reason: str


class DayCoefficient(Coefficient):
    """Krippendorff's alpha of the answers of a day (ISO 8601)."""

    day: str


class KappaMatrix(TypedDict):
    """Cohen's kappa of pairs of workers, None where not defined, and the number of objects that they share."""

    workers: list[int]
    kappa: list[list[float | None]]
    shared: list[list[int]]


class GoldCount(TypedDict):
    """A gold question: its value, whether it is in use, and how many answers it has, and correct ones."""

    position: int
    value: Any
    active: bool
    n: int
    right: int


class ObjectFlow(TypedDict):
    """Number of objects, and the tasks by stage as `object_flow.counted` returns them."""

    objects: int
    tasks: list[list[Any]]


class DriftChart(TypedDict):
    """The CUSUM chart of a worker (cusum.summarize)."""

    worker: int
    n: int
    highest: float
    began: int
    began_at: int
    told: int | None
    told_at: int | None
    points: list[list[float]]
    known_n: int
    known_right: int
    known: list[list[Any]]


class Drift(TypedDict):
    """The charts of the workers most likely to have drifted (cusum.summarize)."""

    threshold: float
    watched: int
    alarms: int
    answers: int
    workers: list[DriftChart]


class BoxErrors(TypedDict):
    """The errors of boxes (measures.boxes.summarize) of all workers, and of each of the busiest with its `worker`."""

    crowd: dict[str, Any]
    workers: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class QualityReport:
    """What is known of the quality of a job's answers and labels as of its last official run.

    categories       the job's label categories
    confusion        counts [reference, answer]; None for kinds without categories, or with too many
    agreement        `percent`, `fleiss` and `alpha` of all answers; empty for kinds without a list of values
    by_day           alpha of each day's answers
    matrix           kappa of pairs of workers; None for kinds without a list of values
    redundancy       tasks by [answers, state, reason code, count]
    confidences      labels by [bin of confidence of width 0.05, count]
    least_confident  [position, value, confidence] of the labels with the lowest confidence
    reliability      confidence against accuracy of labels with known truth
    gold             gold questions
    flow             objects by stage; None in reports of before it was counted
    drift            CUSUM charts; None for kinds without categories
    boxes            errors of bounding boxes; None for other kinds
    """

    categories: list[Any]
    confusion: list[list[int]] | None
    agreement: dict[str, Coefficient]
    by_day: list[DayCoefficient]
    matrix: KappaMatrix | None
    redundancy: list[list[Any]]
    confidences: list[list[int]]
    least_confident: list[list[Any]]
    reliability: Reliability
    gold: list[GoldCount]
    flow: ObjectFlow | None
    drift: Drift | None
    boxes: BoxErrors | None

    def to_json(self) -> Content:
        """Return the report as it is stored and sent over REST, with its version."""
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> QualityReport:
        """Return the report in stored `content` of any version up to VERSION. Raises UnknownVersion."""
        current = upgraded(content)
        return cls(**{field.name: current[field.name] for field in fields(cls)})


@dataclass(frozen=True)
class StoredReport:
    """A quality report, and when it was made."""

    report: QualityReport
    made_at: datetime


def upgraded(content: Mapping[str, Any]) -> Content:
    """Return the content as VERSION has it. Raises UnknownVersion."""
    current = dict(content)
    check_version(version := current.pop("version", 1))
    for older in range(version, VERSION):
        current = VERSIONS[older](current)
    return current


def check_version(version: object) -> None:
    """Raise UnknownVersion if reports of this version cannot be read; None is the version of before versions."""
    if version is not None and (not isinstance(version, int) or not 1 <= version <= VERSION):
        raise UnknownVersion(version)


def _to_2(content: Content) -> Content:
    """Name what version 1 called `sure` and `doubtful`; parts that early reports lack are None.

    Version 1 has a kappa of 0 for workers who share no object; it is undefined.
    """
    parts = {name: content.get(name) for name in ("matrix", "flow", "drift", "boxes")}
    rest = {name: value for name, value in content.items() if name not in ("sure", "doubtful")}
    if matrix := parts["matrix"]:
        pairs = [zip(*rows, strict=True) for rows in zip(matrix["kappa"], matrix["shared"], strict=True)]
        parts["matrix"] = matrix | {"kappa": [[kappa if shared else None for kappa, shared in row] for row in pairs]}
    return rest | parts | {"confidences": content["sure"], "least_confident": content["doubtful"]}


VERSIONS: Mapping[int, Callable[[Content], Content]] = MappingProxyType({1: _to_2})
"""For each older version, how its content becomes that of the next one. Version 1 is stored without a version."""
