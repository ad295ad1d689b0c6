"""What the kinds share whose answers are values consolidated by a `Form`: everything but what such a value is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import resources
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gtcrowd.consolidation.values.form import Form
from gtcrowd.consolidation.values.table import ValueTable
from gtcrowd.kinds import names
from gtcrowd.kinds.kind import (
    Concluded,
    Described,
    Fault,
    Given,
    Opinion,
    UnknownMedium,
    metadata,
    parameter_faults,
    written_confidence,
)

CUSTOM = "custom"
"""Type of a label that Ground Truth has no built-in task for."""


class Valued(ABC):
    """A kind whose value is JSON outside, and inside what its `form` consolidates.

    `media`: for each medium the type in a label's metadata. `least`, `most`: bounds of the number of categories.
    `alike`: name of the figure of the form's `measure` that says how alike two values are, 0 to 1; without one they are
    the same or not.
    """

    name: str
    title: str
    form: ClassVar[Form[Any]]
    types: ClassVar[Mapping[str, str]]
    least, most = 1, 50
    default_seconds = 300
    learning_methods: tuple[str, ...] = ()
    several = False
    refers = False
    alike = ""

    @property
    def media(self) -> tuple[str, ...]:
        return tuple(self.types)

    @property
    def methods(self) -> Mapping[str, Described]:
        return self.form.methods

    @property
    def default_method(self) -> str:
        return self.form.default

    @abstractmethod
    def read_answer(self, content: object, categories: Sequence[str]) -> Any: ...

    @abstractmethod
    def read_value(self, value: object, categories: Sequence[str]) -> Any: ...

    @abstractmethod
    def inner(self, value: Any) -> Any:
        """The value as the form's methods take it."""

    @abstractmethod
    def outer(self, inner: Any, given: Sequence[Any]) -> Any:
        """The value in JSON; `given`: the answers it comes from, in JSON."""

    @abstractmethod
    def same(self, answer: Any, truth: Any) -> bool: ...

    def likeness(self, one: Any, other: Any) -> float:
        if not self.alike:
            return float(self.same(one, other))
        figure = self.form.measure([self.inner(one)], [self.inner(other)])[self.alike]
        return float(min(max(figure, 0.0), 1.0))

    @abstractmethod
    def label(
        self, value: Any, parts: Sequence[float], confidence: float, categories: Sequence[str]
    ) -> tuple[Any, dict[str, Any]]:
        """What stands in the manifest under the label's attribute, and what under its metadata beside what all have."""

    def placed(self, label: Any, address: str | None) -> Any:
        """What stands under the attribute, where a part of the label is a file at `address`."""
        return label

    def file(self, value: Any, categories: Sequence[str]) -> bytes | None:
        return None

    def template(self, medium: str) -> str:
        self._must_know(medium)
        return resources.files("gtcrowd.kinds").joinpath(f"templates/{self.name}-{medium}.liquid").read_text("utf-8")

    def check_attribute_name(self, name: str) -> list[Fault]:
        return names.check_attribute_name(name, ref=False)

    def check_categories(self, categories: Sequence[object]) -> list[Fault]:
        return names.check_categories(categories, least=self.least, most=self.most)

    def check_parameters(self, method: str, parameters: Mapping[str, Any]) -> list[Fault]:
        return parameter_faults(self.form.methods[method].check, parameters)

    def values(self, categories: Sequence[str]) -> None:
        return None

    def novice(self, categories: Sequence[str]) -> dict[str, Any]:
        raise TypeError(f"{self.name} has no posterior")

    def learned(self, concluded: Concluded) -> tuple[dict[str, Any], list[Any]] | None:
        return None

    def opinion(
        self, shared: Mapping[str, Any], given: Sequence[tuple[Any, Any]], *, categories: Sequence[str], more: int
    ) -> Opinion:
        raise TypeError(f"{self.name} has no posterior")

    def avoidable(
        self,
        shared: Mapping[str, Any],
        workers: Sequence[Any],
        given: Given,
        *,
        categories: Sequence[str],
        more: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        raise TypeError(f"{self.name} has no posterior")

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
        objects, codes = np.asarray(given.objects), np.asarray(given.values)
        inner = [self.inner(value) for value in given.distinct]
        table = ValueTable(
            objects, np.asarray(given.workers), [inner[code] for code in codes.tolist()],
            given.n_objects, given.n_workers,
        )  # fmt: skip
        certain = {place: self.inner(value) for place, value in (known or {}).items()}
        found = self.form.methods[method].conclude(table, known=certain, worker_accuracy=worker_accuracy, **parameters)
        told: list[list[Any]] = [[] for _ in range(given.n_objects)]
        for place, code in zip(objects.tolist(), codes.tolist(), strict=True):
            told[place].append(given.distinct[code])
        for place, value in (known or {}).items():
            told[place].insert(0, value)
        values = [
            None if value is None else self.outer(value, answers)
            for value, answers in zip(found.value, told, strict=True)
        ]
        return Concluded(values, found.confidence, None, found, [part.tolist() for part in found.parts])

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
        self._must_know(medium)
        shared = metadata(type_name=self.types[medium], job_name=job_name, created_at=created_at, by_people=by_people)
        label, told = self.label(value, parts or (), confidence, categories)
        return {attribute: self.placed(label, address), f"{attribute}-metadata": told | shared}

    def _must_know(self, medium: str) -> None:
        if medium not in self.types:
            raise UnknownMedium(medium, self.media)


def sure(parts: Sequence[float]) -> list[dict[str, float]]:
    """Confidence of each part as it stands in a manifest."""
    return [{"confidence": written_confidence(one)} for one in parts]
