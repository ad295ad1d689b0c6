"""What kinds share whose values are consolidated by a `ValueType`: everything except what such a value is."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from gtcrowd.consolidation import Aggregation, Method, UnknownMethod
from gtcrowd.consolidation.structured.table import ValueTable
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds.base import BaseKind
from gtcrowd.kinds.kind import AnswerColumns, manifest_confidence

CUSTOM = "custom"
"""Type of labels for which Ground Truth has no built-in task."""


class StructuredKind(BaseKind):
    """A kind whose value is JSON outside, and inside a value of `value_type`.

    similarity_measure   name of the measure of `value_type.measure` that is the similarity of two values, 0 to 1;
        without one, two values are equal or not
    """

    value_type: ClassVar[ValueType[Any]]
    similarity_measure: ClassVar[str] = ""

    @property
    def methods(self) -> Mapping[str, Method]:
        return self.value_type.methods

    @property
    def default_method(self) -> str:
        return self.value_type.default_method

    @abstractmethod
    def read_answer(self, content: object, categories: Sequence[str]) -> Any: ...

    @abstractmethod
    def read_value(self, value: object, categories: Sequence[str]) -> Any: ...

    @abstractmethod
    def decode(self, value: Any) -> Any:
        """Return the value of the value type for JSON."""

    @abstractmethod
    def encode(self, value: Any, answers: Sequence[Any]) -> Any:
        """Return the JSON for a value of the value type; `answers`: the answers it was consolidated from, in JSON."""

    @abstractmethod
    def matches(self, answer: Any, truth: Any) -> bool: ...

    def similarity(self, first: Any, second: Any) -> float:
        if not self.similarity_measure:
            return float(self.matches(first, second))
        measure = self.value_type.measure([self.decode(first)], [self.decode(second)])[self.similarity_measure]
        return float(min(max(measure, 0.0), 1.0))

    def values(self, categories: Sequence[str]) -> None:
        return None

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
        if method not in self.value_type.methods:
            raise UnknownMethod(f"method is {method!r}; expected one of {', '.join(self.value_type.methods)}")
        objects, codes = np.asarray(answers.objects), np.asarray(answers.values)
        decoded = [self.decode(value) for value in answers.distinct]
        table = ValueTable(
            objects, np.asarray(answers.workers), [decoded[code] for code in codes.tolist()],
            answers.n_objects, answers.n_workers,
        )  # fmt: skip
        gold = {task: self.decode(value) for task, value in (gold_answers or {}).items()}
        result = self.value_type.methods[method].consolidate(
            table, gold_answers=gold, worker_accuracy=worker_accuracy, **parameters
        )
        by_object: list[list[Any]] = [[] for _ in range(answers.n_objects)]
        for task, code in zip(objects.tolist(), codes.tolist(), strict=True):
            by_object[task].append(answers.distinct[code])
        for task, value in (gold_answers or {}).items():
            by_object[task].insert(0, value)
        labels = [
            None if value is None else self.encode(value, values)
            for value, values in zip(result.labels, by_object, strict=True)
        ]
        return replace(result, labels=labels)


def part_confidences(confidence: Sequence[float] | None) -> list[dict[str, float]]:
    """Return the confidence of each part as it is written in a manifest."""
    return [] if confidence is None else [{"confidence": manifest_confidence(part)} for part in confidence]
