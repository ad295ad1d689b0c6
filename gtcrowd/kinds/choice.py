"""One of several categories for an image or a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gtcrowd import consolidation, language
from gtcrowd.consolidation.classes import online
from gtcrowd.kinds import answers, names
from gtcrowd.kinds.kind import (
    AnswerRefused,
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

ELEMENTS = {"image": "crowd-image-classifier", "text": "crowd-classifier", "video": "crowd-classifier"}
TYPES = {"image": "image-classification", "text": "text-classification", "video": "video-classification"}


class Choice:
    """Single label: the answer, and the label, is the name of one category."""

    name = "choice"
    title = language.later("One category")
    media: tuple[str, ...] = tuple(ELEMENTS)
    methods: Mapping[str, Described] = consolidation.METHODS
    learning_methods: tuple[str, ...] = ("hierarchical", "dawid-skene", "ibcc")
    default_method = "hierarchical"
    default_seconds = 300
    refers = False
    several = False

    def template(self, medium: str) -> str:
        self._must_know(medium)
        return resources.files("gtcrowd.kinds").joinpath(f"templates/choice-{medium}.liquid").read_text("utf-8")

    def check_attribute_name(self, name: str) -> list[Fault]:
        return names.check_attribute_name(name, ref=False)

    def check_categories(self, categories: Sequence[object]) -> list[Fault]:
        return names.check_categories(categories, least=2)

    def check_parameters(self, method: str, parameters: Mapping[str, Any]) -> list[Fault]:
        return parameter_faults(consolidation.METHODS[method].settled, parameters)

    def read_answer(self, content: object, categories: Sequence[str]) -> str:
        element, sent = answers.element(content, names=ELEMENTS.values(), key="label", example='{"label": "…"}')
        return _one_of(f"{element}.label", sent["label"], categories)

    def values(self, categories: Sequence[str]) -> Sequence[str]:
        return categories

    def read_value(self, value: object, categories: Sequence[str]) -> str:
        return _one_of("value", value, categories)

    def same(self, answer: Any, truth: Any) -> bool:
        return bool(answer == truth)

    def likeness(self, one: Any, other: Any) -> float:
        return float(one == other)

    def novice(self, categories: Sequence[str]) -> dict[str, Any]:
        return online.unlearned(len(categories))

    def learned(self, concluded: Concluded) -> tuple[dict[str, Any], list[Any]] | None:
        if not isinstance(concluded.found, consolidation.Conclusion):
            return None
        try:
            return online.written(online.fit(concluded.found))
        except online.NoWorkerModel:
            return None

    def opinion(
        self, shared: Mapping[str, Any], given: Sequence[tuple[Any, Any]], *, categories: Sequence[str], more: int
    ) -> Opinion:
        fit = online.read(dict(shared), [worker for worker, _value in given])
        state = online.begin(fit)
        for place, (_worker, value) in enumerate(given):
            state = online.add(fit, state, worker=place, label=list(categories).index(value))
        posterior = online.posterior(fit, state)
        likeliest = int(posterior.argmax())
        avoidable = online.avoidable(fit, state.evidence[None], posterior[None], np.array([more]))
        return Opinion(categories[likeliest], float(1 - posterior[likeliest]), float(avoidable[0]))

    def avoidable(
        self,
        shared: Mapping[str, Any],
        workers: Sequence[Any],
        given: Given,
        *,
        categories: Sequence[str],
        more: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        fit, table = online.read(dict(shared), workers), _table(given, categories)
        return online.avoidable(fit, online.evidence(fit, table), online.posteriors(fit, table), more)

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
        table = _table(given, categories)
        certain = np.full(given.n_objects, -1, dtype=np.int32)
        for place, value in (known or {}).items():
            certain[place] = list(categories).index(value)
        found = consolidation.conclude(method, table, known=certain, worker_accuracy=worker_accuracy, **parameters)
        labels = [categories[label] if label >= 0 else None for label in found.label.tolist()]
        return Concluded(labels, found.confidence, found.posterior, found)

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
        shared = metadata(type_name=TYPES[medium], job_name=job_name, created_at=created_at, by_people=by_people)
        sure = written_confidence(confidence)
        return {
            attribute: list(categories).index(value),
            f"{attribute}-metadata": {"class-name": value, "confidence": sure, **shared},
        }

    def file(self, value: Any, categories: Sequence[str]) -> None:
        return None

    def _must_know(self, medium: str) -> None:
        if medium not in self.media:
            raise UnknownMedium(medium, self.media)


def _table(given: Given, categories: Sequence[str]) -> consolidation.AnswerTable:
    code = {category: place for place, category in enumerate(categories)}
    label = np.array([code[value] for value in given.distinct], dtype=np.int32)
    return consolidation.AnswerTable.from_codes(
        given.objects,
        given.workers,
        label[np.asarray(given.values, dtype=np.int32)],
        n_tasks=given.n_objects,
        n_workers=given.n_workers,
        n_labels=len(categories),
    )


def _one_of(field: str, value: object, categories: Sequence[str]) -> str:
    """The category. Raises AnswerRefused."""
    if not isinstance(value, str) or value not in categories:
        raise AnswerRefused(field, value, language.say("must be one of: %(names)s.", names=answers.some(categories)))
    return value


CHOICE = Choice()
