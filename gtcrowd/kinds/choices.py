"""Any number of several categories for an image or a text: none, one, or more of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gtcrowd import language
from gtcrowd.consolidation.forms import FORMS
from gtcrowd.consolidation.values import choices_online as online
from gtcrowd.consolidation.values.choices import Learned
from gtcrowd.consolidation.values.form import Form
from gtcrowd.kinds import answers
from gtcrowd.kinds.kind import AnswerRefused, Concluded, Given, Opinion, written_confidence
from gtcrowd.kinds.valued import Valued

ELEMENTS = ("crowd-image-classifier-multi-select", "crowd-classifier-multi-select")


class Choices(Valued):
    """Several labels: the answer, and the label, is the list of the chosen categories in the job's order."""

    name = "choices"
    title = language.later("Several categories")
    alike = "jaccard"
    form: ClassVar[Form[Any]] = FORMS["choices"]
    types: ClassVar[Mapping[str, str]] = {
        "image": "image-classification-multilabel",
        "text": "text-classification-multilabel",
        "video": "video-classification-multilabel",
    }
    least, most = 2, 50
    learning_methods = ("per-label",)
    several = True

    def read_answer(self, content: object, categories: Sequence[str]) -> list[str]:
        element, sent = answers.element(content, names=ELEMENTS, key="labels", example='{"labels": ["…"]}')
        return _in_order(f"{element}.labels", sent["labels"], categories)

    def read_value(self, value: object, categories: Sequence[str]) -> list[str]:
        return _in_order("value", value, categories)

    def inner(self, value: Any) -> tuple[str, ...]:
        return tuple(value)

    def outer(self, inner: Any, given: Sequence[Any]) -> list[str]:
        return list(inner)

    def same(self, answer: Any, truth: Any) -> bool:
        return set(answer) == set(truth)

    def label(
        self, value: Any, parts: Sequence[float], confidence: float, categories: Sequence[str]
    ) -> tuple[Any, dict[str, Any]]:
        codes = [list(categories).index(name) for name in value]
        return codes, {
            "job-name": None,  # filled in with what all labels have; named here for the order
            "class-map": {str(code): name for code, name in zip(codes, value, strict=True)},
            "confidence-map": {str(code): written_confidence(one) for code, one in zip(codes, parts, strict=True)},
            "human-annotated": None,
            "creation-date": None,
            "type": None,
        }

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
        facts: dict[str, Any] = {"known": known, "worker_accuracy": worker_accuracy}
        concluded = super().conclude(given, categories=categories, method=method, parameters=parameters, **facts)
        place = {category: code for code, category in enumerate(categories)}
        values: list[Any] = []
        parts: list[list[float]] = []
        for value, sure in zip(concluded.values, concluded.parts or (), strict=True):
            kept = sorted(zip((place[name] for name in value or ()), sure, strict=True))
            values.append(None if value is None else [categories[code] for code, _sure in kept])
            parts.append([one for _code, one in kept])
        chances = _chances(getattr(concluded.found, "model", None), place)
        return replace(concluded, values=values, parts=parts, posterior=chances)

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


def _in_order(field: str, chosen: object, categories: Sequence[str]) -> list[str]:
    """The chosen categories in the job's order. Raises AnswerRefused."""
    if not isinstance(chosen, list | tuple):
        raise AnswerRefused(
            field, chosen, language.say('must be a list of categories such as ["…"], empty if none applies.')
        )
    for name in chosen:
        if not isinstance(name, str) or name not in categories:
            raise AnswerRefused(field, name, language.say("must be among: %(names)s.", names=answers.some(categories)))
    if len(set(chosen)) < len(chosen):
        raise AnswerRefused(field, chosen, language.say("must have each category once."))
    return [category for category in categories if category in chosen]


def _chances(model: object, place: Mapping[str, int]) -> NDArray[np.float64] | None:
    """Probability of each category, [objects, categories], where the method has one; 0 for those nobody chose."""
    if not isinstance(model, Learned):
        return None
    chances = np.zeros((len(model.chance), len(place)))
    chances[:, [place[label] for label in model.labels]] = model.chance
    return chances


CHOICES = Choices()
