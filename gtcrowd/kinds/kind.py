"""What every kind of label knows, so that the other rooms need not ask which kind they have before them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gtcrowd.consolidation import Conclusion

ATTRIBUTE = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,126}")
RESERVED = ("source", "source-ref")


@dataclass(frozen=True)
class Fault:
    """Something wrong with what a job asks of its kind: the value, and what would be right."""

    value: object
    problem: str


class AnswerRefused(ValueError):
    """What a page sent is not an answer: the field, the value found there, and what would be right."""

    def __init__(self, field: str, value: object, expected: str) -> None:
        self.field, self.value, self.expected = field, value, expected
        super().__init__(f"{field}: {expected} Found: {value!r:.80}")


@dataclass(frozen=True)
class Concluded:
    """One value an object, in the order of the objects' codes.

    `confidence`: float64 [objects]. `posterior`: float64 [objects, categories], or None where a kind has none.
    `conclusion`: what the method says of the workers and of its own course.
    """

    values: list[Any]
    confidence: NDArray[np.float64]
    posterior: NDArray[np.float64] | None
    conclusion: Conclusion


class Kind(Protocol):
    """A kind of label. Implementations are constants: a kind keeps nothing between calls."""

    name: str
    title: str
    media: tuple[str, ...]
    methods: tuple[str, ...]
    default_method: str
    default_seconds: int

    def template(self, medium: str) -> str:
        """The worker's page in Liquid, with crowd elements."""

    def check_attribute_name(self, name: str) -> list[Fault]:
        """What is wrong with a label attribute name for this kind."""

    def check_categories(self, categories: Sequence[object]) -> list[Fault]:
        """What is wrong with a job's label categories."""

    def read_answer(self, content: object, categories: Sequence[str]) -> Any:
        """The value in what a page sent, JSON-able and in one form only. Raises AnswerRefused."""

    def conclude(
        self,
        objects: Sequence[int],
        workers: Sequence[int],
        values: Sequence[Any],
        *,
        categories: Sequence[str],
        method: str,
        parameters: Mapping[str, Any],
        n_objects: int,
        n_workers: int,
    ) -> Concluded:
        """Many answers into one value an object. The columns are of equal length; codes count from 0."""

    def block(
        self,
        *,
        attribute: str,
        value: Any,
        confidence: float,
        categories: Sequence[str],
        medium: str,
        job_name: str,
        created_at: datetime,
    ) -> dict[str, Any]:
        """The two keys that a label adds to its line of the output manifest."""


def check_attribute_name(name: str, *, ref: bool) -> list[Fault]:
    """The rules for label attribute names; `ref`: whether this kind's must end in -ref, or must not."""
    if not isinstance(name, str) or not ATTRIBUTE.fullmatch(name):
        return [
            Fault(
                name,
                "must be 1 to 127 letters, digits or hyphens, beginning and ending with a letter or digit.",
            )
        ]
    problems = []
    if name in RESERVED or name.endswith("-metadata"):
        problems.append("must not be source or source-ref, nor end in -metadata.")
    elif name.endswith("-ref") != ref:
        problems.append("must end in -ref for this kind of label." if ref else "must not end in -ref for this kind.")
    return [Fault(name, problem) for problem in problems]


def metadata(*, type_name: str, job_name: str, created_at: datetime) -> dict[str, Any]:
    """The part of a label's metadata that all kinds share; the time is in UTC, without a zone."""
    return {
        "job-name": f"labeling-job/{job_name.lower()}",
        "type": f"groundtruth/{type_name}",
        "human-annotated": "yes",
        "creation-date": created_at.strftime("%Y-%m-%dT%H:%M:%S.%f"),
    }


def failed_block(attribute: str, reason: str, retry_count: int = 1) -> dict[str, Any]:
    """What an object that could not be labeled adds to its line: only metadata, and why."""
    return {
        f"{attribute}-metadata": {
            "retry-count": retry_count,
            "failure-reason": f"ClientError: {reason}",
            "human-annotated": "true",
        }
    }
