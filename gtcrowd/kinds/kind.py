"""What every kind of label can do, so that the other rooms need not know which kind they have before them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources.abc import Traversable
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gtcrowd import language
from gtcrowd.consolidation import Aggregation, Method, ParameterRefused
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds.geometry import Shape


@dataclass(frozen=True)
class Fault:
    """A value that a job may not have, and what would be right."""

    value: object
    problem: str


class AnswerRefused(ValueError):
    """What a page sent is not an answer: the field, its value, and what is expected."""

    def __init__(self, field: str, value: object, expected: str) -> None:
        self.field, self.value, self.expected = field, value, expected
        super().__init__(
            language.gettext(
                "%(field)s: %(expected)s Found: %(value)s", field=field, expected=expected, value=f"{value!r:.80}"
            )
        )


@dataclass(frozen=True, eq=False)
class AnswerColumns:
    """Answers in columns of equal length, coded from 0; one row is one answer.

    objects, workers, values   integer arrays [answers]
    distinct   the value of each code of `values`, as `Kind.read_answer` returns it
    n_objects, n_workers   there may be objects and workers without an answer, and values that nobody gave
    """

    objects: ArrayLike
    workers: ArrayLike
    values: ArrayLike
    distinct: Sequence[Any]
    n_objects: int
    n_workers: int


@dataclass(frozen=True)
class PosteriorSummary:
    """What the answers to one object say so far.

    value             the most probable value
    error             probability that it is wrong
    avoidable_error   probability that further answers would change it
    """

    value: Any
    error: float
    avoidable_error: float


@dataclass(frozen=True)
class Label:
    """A label: its value, its confidence, and the confidence of each part of the value, for kinds with parts."""

    value: Any
    confidence: float
    part_confidence: Sequence[float] | None = None


@dataclass(frozen=True)
class ManifestContext:
    """What the manifest fields of a label need besides the label.

    created_at        has a time zone
    human_annotated   whether workers made the label, or a model trained on theirs
    asset_uri         address of the label's file, for kinds with assets
    """

    attribute: str
    categories: Sequence[str]
    medium: str
    job_name: str
    created_at: datetime
    human_annotated: bool = True
    asset_uri: str | None = None


class Kind(Protocol):
    """A kind of label. Implementations are constants: a kind keeps no state between calls.

    name, title       for programs and for people
    order             place in lists of kinds, lowest first
    folder            the kind's folder
    media             what can be labeled: "image", "text", "video"
    methods           the methods of consolidation, by name
    value_type        how values are read from files and measured; None for single categories, which are class codes
    default_seconds   time limit of a task
    multi_label       whether a value is any number of the categories rather than one
    is_reference      whether a label is the address of a file, so that its attribute must end in -ref
    """

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def order(self) -> int: ...
    @property
    def folder(self) -> Traversable: ...
    @property
    def media(self) -> tuple[str, ...]: ...
    @property
    def methods(self) -> Mapping[str, Method]: ...
    @property
    def value_type(self) -> ValueType[Any] | None: ...
    @property
    def default_method(self) -> str: ...
    @property
    def default_seconds(self) -> int: ...
    @property
    def multi_label(self) -> bool: ...
    @property
    def is_reference(self) -> bool: ...

    def template(self, medium: str) -> str:
        """Return the worker's page in Liquid. Raises UnknownMedium."""

    def check_attribute_name(self, name: str) -> list[Fault]:
        """Return the faults of a label attribute name for this kind."""

    def check_categories(self, categories: Sequence[object]) -> list[Fault]:
        """Return the faults of a job's label categories."""

    def check_parameters(self, method: str, parameters: Mapping[str, Any]) -> list[Fault]:
        """Return the faults of parameters of one of the kind's methods; the `value` of each is the parameter's name."""

    def read_answer(self, content: object, categories: Sequence[str]) -> Any:
        """Return the canonical JSON value of what a page sent. Raises AnswerRefused."""

    def values(self, categories: Sequence[str]) -> Sequence[Any] | None:
        """Return all values that a label can have, or None if they cannot be listed."""

    def read_value(self, value: object, categories: Sequence[str]) -> Any:
        """Return a gold answer or a truth as `read_answer` would. Raises AnswerRefused."""

    def matches(self, answer: Any, truth: Any) -> bool:
        """Return whether an answer is correct."""

    def similarity(self, first: Any, second: Any) -> float:
        """Return how similar two values are, 0 to 1, in the kind's measure: equality, mean IoU, F1, …"""

    def geometry(self, value: Any, part_confidence: Sequence[float] | None = None) -> list[Shape]:
        """Return what can be drawn of a value, in the object's coordinates and the value's order."""

    def image_size(self, value: Any) -> tuple[int, int] | None:
        """Return width and height of the labeled image, if the value says so."""

    def consolidate(
        self,
        answers: AnswerColumns,
        *,
        categories: Sequence[str],
        method: str,
        parameters: Mapping[str, Any],
        gold_answers: Mapping[int, Any] | None = None,
        worker_accuracy: ArrayLike | None = None,
    ) -> Aggregation[list[Any]]:
        """Consolidate answers into one label per object.

        gold_answers      values by code of the object
        worker_accuracy   [n_workers] 0 to 1, NaN where it is unknown

        `labels` of the result are JSON values in the order of the objects' codes, None for an object without an
        answer; `posterior` [objects, categories] is the probability that each category applies, if the kind has one.
        Raises UnknownMethod, ParameterRefused and TableRefused of `consolidation`.
        """

    def is_label(self, value: Any, metadata: Mapping[str, Any], categories: Sequence[str]) -> bool:
        """Return whether a line's label attribute, with its metadata, is one that `manifest_fields` could write.

        Labels of other programs count if what they say is possible: metadata may be missing or have more keys.
        """

    def manifest_fields(self, label: Label, context: ManifestContext) -> dict[str, Any]:
        """Return the two fields that a label adds to its line of the output manifest. Raises UnknownMedium."""


@runtime_checkable
class OnlinePosteriors(Protocol):
    """The ability of a kind to update posteriors answer by answer; see `gtcrowd.kinds.online`.

    online_methods   names of the methods whose results have worker models
    """

    @property
    def online_methods(self) -> tuple[str, ...]: ...

    def prior_model(self, categories: Sequence[str]) -> dict[str, Any]:
        """Return the shared model, in JSON, before any method has run."""

    def worker_models(self, result: Aggregation[Any]) -> tuple[dict[str, Any], list[Any]] | None:
        """Return the shared model and one model per worker, in the order of their codes, in JSON.

        None if the method of the result has no worker models.
        """

    def posterior(
        self, shared: Mapping[str, Any], answers: Sequence[tuple[Any, Any]], *, categories: Sequence[str], more: int
    ) -> PosteriorSummary:
        """Return what the method would conclude from the answers to one object if the worker models stayed as they are.

        answers   pairs of the worker's model (None for one who is not in the fit) and the value
        more      number of further answers that are possible
        """

    def value_of_more_answers(
        self,
        shared: Mapping[str, Any],
        workers: Sequence[Any],
        answers: AnswerColumns,
        *,
        categories: Sequence[str],
        more: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        """Return `PosteriorSummary.avoidable_error` of every object, [n_objects]; `more` [n_objects]."""


@runtime_checkable
class Assets(Protocol):
    """The ability of a kind to write a file for each label; see `gtcrowd.kinds.assets`."""

    def asset(self, value: Any, categories: Sequence[str]) -> bytes:
        """Return the file of a label, a PNG."""


@runtime_checkable
class ObjectChecks(Protocol):
    """The ability of a kind to check a value against its object; see `gtcrowd.kinds.check_object`."""

    def check_object(self, value: Any, line: Mapping[str, Any]) -> None:
        """Raise AnswerRefused if the object of this manifest line cannot have the value."""


@runtime_checkable
class CompactContent(Protocol):
    """The ability of a kind to store what a page sent without what the value has as well; see `gtcrowd.kinds.compact`.

    `read_answer(expand(compact(content, value), value))` is `value` again.
    """

    def compact(self, content: dict[str, Any], value: Any) -> dict[str, Any]:
        """Return what is stored of the `content` that `read_answer` made `value` of."""

    def expand(self, content: dict[str, Any], value: Any) -> dict[str, Any]:
        """Return stored content as a page would send it; content that was stored whole is returned as it is."""


class UnknownMedium(LookupError):
    """The kind cannot label objects of this medium."""

    def __init__(self, title: str, medium: str, media: Sequence[str]) -> None:
        text = language.gettext_lazy("%(kind)s: %(medium)s is not supported. Choose one of: %(media)s.")
        super().__init__(
            language.gettext(text, kind=language.gettext(title), medium=repr(medium), media=", ".join(media))
        )


def parameter_faults(check: Callable[[Mapping[str, Any]], object], parameters: Mapping[str, Any]) -> list[Fault]:
    """Return the name of each parameter that `check` refuses by ParameterRefused, and why."""
    faults = []
    for name, value in parameters.items():
        try:
            check({name: value})
        except ParameterRefused as refused:
            faults.append(Fault(name, str(refused)))
    return faults


def common_metadata(
    *, type_name: str, job_name: str, created_at: datetime, human_annotated: bool = True
) -> dict[str, Any]:
    """Return the metadata that labels of all kinds have; the time is UTC, in microseconds, without a zone.

    Raises ValueError if `created_at` has no time zone.
    """
    if created_at.tzinfo is None:
        raise ValueError(f"created_at is {created_at!r}; expected a time with a time zone")
    return {
        "job-name": f"labeling-job/{job_name.lower()}",
        "type": f"groundtruth/{type_name}",
        "human-annotated": "yes" if human_annotated else "no",
        "creation-date": created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"),
    }


def manifest_confidence(confidence: float) -> float:
    """Return a confidence as it is written in a manifest: six decimals, and an integer 0 if nothing backs the label."""
    return round(float(confidence), 6) or 0


def failure_fields(attribute: str, reason: str, retry_count: int = 1) -> dict[str, Any]:
    """Return the field that an object which could not be labeled adds to its line: only metadata, with the reason."""
    return {
        f"{attribute}-metadata": {
            "retry-count": retry_count,
            "failure-reason": f"ClientError: {reason}",
            # Ground Truth writes "true" here, and "yes" everywhere else.
            "human-annotated": "true",
        }
    }
