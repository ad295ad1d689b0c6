"""Any number of several categories for an image or a text: none, one, or more of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gtcrowd import consolidation
from gtcrowd.consolidation.values import choices_online as online
from gtcrowd.consolidation.values.choices import Learned
from gtcrowd.consolidation.values.table import ValueTable
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

ELEMENTS = {
    "image": "crowd-image-classifier-multi-select",
    "text": "crowd-classifier-multi-select",
    "video": "crowd-classifier-multi-select",
}
TYPES = {
    "image": "image-classification-multilabel",
    "text": "text-classification-multilabel",
    "video": "video-classification-multilabel",
}
MOST_CATEGORIES = 50
FORM = consolidation.FORMS["choices"]


class Choices:
    """Several labels: the answer, and the label, is the list of the chosen categories in the job's order."""

    name = "choices"
    title = "Several categories"
    media: tuple[str, ...] = tuple(ELEMENTS)
    methods: Mapping[str, Described] = FORM.methods
    learning_methods: tuple[str, ...] = ("per-label",)
    default_method = FORM.default
    default_seconds = 300
    refers = False
    several = True

    def template(self, medium: str) -> str:
        self._must_know(medium)
        return resources.files("gtcrowd.kinds").joinpath(f"templates/choices-{medium}.liquid").read_text("utf-8")

    def check_attribute_name(self, name: str) -> list[Fault]:
        return names.check_attribute_name(name, ref=False)

    def check_categories(self, categories: Sequence[object]) -> list[Fault]:
        return names.check_categories(categories, least=2, most=MOST_CATEGORIES)

    def check_parameters(self, method: str, parameters: Mapping[str, Any]) -> list[Fault]:
        return parameter_faults(FORM.methods[method].check, parameters)

    def read_answer(self, content: object, categories: Sequence[str]) -> list[str]:
        element, sent = answers.element(content, names=ELEMENTS.values(), key="labels", example='{"labels": ["…"]}')
        return _in_order(f"{element}.labels", sent["labels"], categories)

    def values(self, categories: Sequence[str]) -> None:
        return None

    def read_value(self, value: object, categories: Sequence[str]) -> list[str]:
        return _in_order("value", value, categories)

    def same(self, answer: Any, truth: Any) -> bool:
        return set(answer) == set(truth)

    def novice(self, categories: Sequence[str]) -> dict[str, Any]:
        return online.unlearned()

    def learned(self, concluded: Concluded) -> tuple[dict[str, Any], list[Any]] | None:
        model = getattr(concluded.found, "model", None)
        return online.written(model) if isinstance(model, Learned) else None

    def opinion(
        self, shared: Mapping[str, Any], given: Sequence[tuple[Any, Any]], *, categories: Sequence[str], more: int
    ) -> Opinion:
        fit = online.read(dict(shared), [worker for worker, _value in given], categories)
        each = np.arange(len(given))
        odds = online.odds(fit, np.zeros_like(each), each, each, [value for _worker, value in given], n_tasks=1)
        likeliest = [category for category, chance in zip(categories, odds[0], strict=True) if chance > 0]
        avoidable = online.avoidable(fit, odds, np.array([more]))
        return Opinion(likeliest, float(online.error(odds)[0]), float(avoidable[0]))

    def avoidable(
        self,
        shared: Mapping[str, Any],
        workers: Sequence[Any],
        given: Given,
        *,
        categories: Sequence[str],
        more: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        fit = online.read(dict(shared), workers, categories)
        tasks, people, values = (np.asarray(column) for column in (given.objects, given.workers, given.values))
        odds = online.odds(fit, tasks, people, values, given.distinct, n_tasks=given.n_objects)
        return online.avoidable(fit, odds, more)

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
        table = ValueTable(
            np.asarray(given.objects), np.asarray(given.workers),
            [tuple(given.distinct[code]) for code in np.asarray(given.values).tolist()],
            given.n_objects, given.n_workers,
        )  # fmt: skip
        certain = {place: tuple(value) for place, value in (known or {}).items()}
        found = FORM.methods[method].conclude(table, known=certain, worker_accuracy=worker_accuracy, **parameters)
        place = {category: code for code, category in enumerate(categories)}
        values: list[Any] = []
        parts: list[list[float]] = []
        for value, sure in zip(found.value, found.parts, strict=True):
            kept = sorted(zip((place[name] for name in value or ()), sure.tolist(), strict=True))
            values.append(None if value is None else [categories[code] for code, _sure in kept])
            parts.append([one for _code, one in kept])
        return Concluded(values, found.confidence, _chances(found.model, place), found, parts)

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
        codes = [list(categories).index(name) for name in value]
        sure = [written_confidence(one) for one in parts or ()]
        return {
            attribute: codes,
            f"{attribute}-metadata": {
                "job-name": shared["job-name"],
                "class-map": {str(code): name for code, name in zip(codes, value, strict=True)},
                "confidence-map": {str(code): one for code, one in zip(codes, sure, strict=True)},
                "human-annotated": shared["human-annotated"],
                "creation-date": shared["creation-date"],
                "type": shared["type"],
            },
        }

    def file(self, value: Any, categories: Sequence[str]) -> None:
        return None

    def _must_know(self, medium: str) -> None:
        if medium not in self.media:
            raise UnknownMedium(medium, self.media)


def _in_order(field: str, chosen: object, categories: Sequence[str]) -> list[str]:
    """The chosen categories in the job's order. Raises AnswerRefused."""
    if not isinstance(chosen, list | tuple):
        raise AnswerRefused(field, chosen, 'must be a list of categories such as ["…"], empty if none applies.')
    for name in chosen:
        if not isinstance(name, str) or name not in categories:
            raise AnswerRefused(field, name, f"must be among: {answers.some(categories)}.")
    if len(set(chosen)) < len(chosen):
        raise AnswerRefused(field, chosen, "must have each category once.")
    return [category for category in categories if category in chosen]


def _chances(model: object, place: Mapping[str, int]) -> NDArray[np.float64] | None:
    """Probability of each category, [objects, categories], where the method has one; 0 for those nobody chose."""
    if not isinstance(model, Learned):
        return None
    chances = np.zeros((len(model.chance), len(place)))
    chances[:, [place[label] for label in model.labels]] = model.chance
    return chances


CHOICES = Choices()
