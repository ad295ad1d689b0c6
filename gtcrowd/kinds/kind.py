"""What every kind of label knows, so that the other rooms need not ask which kind they have before them.

A further kind is one more file beside this one with a class that keeps the protocol, and its name in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gtcrowd import language
from gtcrowd.consolidation import Conclusion, ParameterRefused
from gtcrowd.consolidation.values.outcome import Outcome


@dataclass(frozen=True)
class Fault:
    """Something wrong with what a job asks of its kind: the value, and what would be right."""

    value: object
    problem: str


class AnswerRefused(ValueError):
    """What a page sent is not an answer: the field, the value found there, and what would be right."""

    def __init__(self, field: str, value: object, expected: str) -> None:
        self.field, self.value, self.expected = field, value, expected
        found = f"{value!r:.80}"
        super().__init__(
            language.say("%(field)s: %(expected)s Found: %(value)s", field=field, expected=expected, value=found)
        )


@dataclass(frozen=True, eq=False)
class Given:
    """Answers in columns of equal length, coded from 0; one row is one answer.

    `objects`, `workers`, `values`: integer arrays [answers]; `distinct`: what the codes of the values stand for, each
    as `Kind.read_answer` gives it. There may be objects and workers without an answer, and values nobody gave.
    """

    objects: ArrayLike
    workers: ArrayLike
    values: ArrayLike
    distinct: Sequence[Any]
    n_objects: int
    n_workers: int


@dataclass(frozen=True, eq=False)
class Concluded:
    """One value an object, in the order of the objects' codes.

    `values`: JSON-able, None for an object without any answer. `confidence`: float64 [objects], 0 there.
    `posterior`: float64 [objects, categories], how probable it is that each category applies, or None where a kind
    has none. `found`: what the method says of the workers and of its own course. `parts`: for kinds whose values have
    parts, such as several categories, the confidence of each part of each value, in the value's order.
    """

    values: list[Any]
    confidence: NDArray[np.float64]
    posterior: NDArray[np.float64] | None
    found: Conclusion | Outcome[Any]
    parts: Sequence[Sequence[float]] | None = None


@dataclass(frozen=True)
class Opinion:
    """What some answers to one object say so far: the likeliest value, the probability that it is wrong, and the
    probability that so many further answers as were asked about would change it."""

    value: Any
    error: float
    avoidable: float


class Described(Protocol):
    """A method of consolidation as people choose it."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def summary(self) -> str: ...


class Kind(Protocol):
    """A kind of label. Implementations are constants: a kind keeps nothing between calls.

    `name` is what programs say and `title` what people read. `media`: what can be labeled, "image" or "text".
    `methods`: the methods of consolidation it can be concluded by, by name; `learning_methods`: names of those that
    leave a model of the workers, by which posteriors can be kept up answer by answer. `default_seconds`: time limit
    of a task. `several`: whether a value is any number of the categories rather than one.
    `refers`: whether a label is the address of a file, so that its attribute must end in -ref.
    """

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def media(self) -> tuple[str, ...]: ...
    @property
    def methods(self) -> Mapping[str, Described]: ...
    @property
    def learning_methods(self) -> tuple[str, ...]: ...
    @property
    def default_method(self) -> str: ...
    @property
    def default_seconds(self) -> int: ...
    @property
    def several(self) -> bool: ...
    @property
    def refers(self) -> bool: ...

    def template(self, medium: str) -> str:
        """The worker's page in Liquid, with crowd elements. Raises UnknownMedium."""

    def check_attribute_name(self, name: str) -> list[Fault]:
        """What is wrong with a label attribute name for this kind."""

    def check_categories(self, categories: Sequence[object]) -> list[Fault]:
        """What is wrong with a job's label categories."""

    def check_parameters(self, method: str, parameters: Mapping[str, Any]) -> list[Fault]:
        """What is wrong with parameters for one of the kind's methods: the name of each, and what would be right."""

    def read_answer(self, content: object, categories: Sequence[str]) -> Any:
        """The value in what a page sent, JSON-able and in one form only. Raises AnswerRefused."""

    def values(self, categories: Sequence[str]) -> Sequence[Any] | None:
        """All values that a label can have, or None where they cannot be listed."""

    def read_value(self, value: object, categories: Sequence[str]) -> Any:
        """A value that somebody says is right, as `read_answer` would give it. Raises AnswerRefused."""

    def same(self, answer: Any, truth: Any) -> bool:
        """Whether an answer's value is right, given what is."""

    def likeness(self, one: Any, other: Any) -> float:
        """How alike two values are, 0 to 1, in the kind's own measure: equal or not, mean IoU, F1, ..."""

    def novice(self, categories: Sequence[str]) -> dict[str, Any]:
        """What `opinion` takes as `shared` before any method has run."""

    def learned(self, concluded: Concluded) -> tuple[dict[str, Any], list[Any]] | None:
        """What a conclusion knows of the workers, in JSON: shared by all, and one for each worker in the order of
        their codes. None if its method has no model of workers."""

    def opinion(
        self, shared: Mapping[str, Any], given: Sequence[tuple[Any, Any]], *, categories: Sequence[str], more: int
    ) -> Opinion:
        """What the answers given to one object say, each a pair of the worker's model (None for an unknown one) and the
        value: what the method would conclude if it learned nothing new about the workers, and whether `more` answers
        of somebody of the crowd would change it."""

    def avoidable(
        self,
        shared: Mapping[str, Any],
        workers: Sequence[Any],
        given: Given,
        *,
        categories: Sequence[str],
        more: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        """`Opinion.avoidable` of many objects at once, [n_objects], each with its own number of further answers."""

    def conclude(
        self,
        given: Given,
        *,
        categories: Sequence[str],
        method: str,
        parameters: Mapping[str, Any],
        known: Mapping[int, Any] | None = None,
        worker_accuracy: ArrayLike | None = None,
    ) -> Concluded:
        """Many answers into one value an object.

        `known`: values known to be right, by code of the object. `worker_accuracy`: [n_workers] 0 to 1, NaN where
        not known. Raises UnknownMethod, ParameterRefused and TableRefused of `consolidation`.
        """

    def block(
        self,
        *,
        attribute: str,
        value: Any,
        confidence: float,
        parts: Sequence[float] | None = None,
        categories: Sequence[str],
        medium: str,
        job_name: str,
        created_at: datetime,
        by_people: bool = True,
        address: str | None = None,
    ) -> dict[str, Any]:
        """The two keys that a label adds to its line of the output manifest. Raises UnknownMedium.

        `confidence` is that of the whole value and `parts` that of each of its parts: see `Concluded`.
        `address`: where the label's file lies, for kinds that have one. `by_people`: whether workers made the label, or
        a machine that learned from theirs. `created_at` knows its zone.
        """

    def file(self, value: Any, categories: Sequence[str]) -> bytes | None:
        """The file that goes with a label, a PNG, or None for kinds whose labels stand wholly in the manifest."""


class UnknownMedium(LookupError):
    """The kind cannot label objects of that sort."""

    def __init__(self, medium: str, media: Sequence[str]) -> None:
        text = language.later("%(medium)s is not a medium of this kind of label; there is %(media)s")
        super().__init__(language.say(text, medium=repr(medium), media=", ".join(media)))


def parameter_faults(check: Callable[[Mapping[str, Any]], object], parameters: Mapping[str, Any]) -> list[Fault]:
    """The name of each parameter that `check` refuses by ParameterRefused, and why."""
    faults = []
    for name, value in parameters.items():
        try:
            check({name: value})
        except ParameterRefused as refused:
            faults.append(Fault(name, str(refused)))
    return faults


def metadata(*, type_name: str, job_name: str, created_at: datetime, by_people: bool) -> dict[str, Any]:
    """The part of a label's metadata that all kinds share; the time is in UTC, in microseconds, without a zone."""
    if created_at.tzinfo is None:
        raise ValueError(f"created_at is {created_at!r}; a time without its zone could be any of two dozen")
    return {
        "job-name": f"labeling-job/{job_name.lower()}",
        "type": f"groundtruth/{type_name}",
        "human-annotated": "yes" if by_people else "no",
        "creation-date": created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"),
    }


def written_confidence(confidence: float) -> float:
    """Confidence as it stands in a manifest: six places, and a plain 0 where nothing backs the label."""
    return round(float(confidence), 6) or 0


def failed_block(attribute: str, reason: str, retry_count: int = 1) -> dict[str, Any]:
    """What an object that could not be labeled adds to its line: only metadata, and why."""
    return {
        f"{attribute}-metadata": {
            "retry-count": retry_count,
            "failure-reason": f"ClientError: {reason}",
            # Ground Truth says "true" here, and "yes" everywhere else.
            "human-annotated": "true",
        }
    }
