"""Multi-label classification: any number of the categories, also none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gtcrowd import language
from gtcrowd.consolidation import Aggregation, methods_in
from gtcrowd.consolidation.structured import choices
from gtcrowd.consolidation.structured.choices import online
from gtcrowd.consolidation.structured.choices.per_label import PerLabelModel
from gtcrowd.consolidation.structured.method import StructuredMethod
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds import answers as reading
from gtcrowd.kinds.kind import (
    AnswerColumns,
    AnswerRefused,
    Label,
    ManifestContext,
    PosteriorSummary,
    manifest_confidence,
)
from gtcrowd.kinds.structured import StructuredKind

ELEMENTS = ("crowd-image-classifier-multi-select", "crowd-classifier-multi-select")


class Choices(StructuredKind):
    """The answer, and the label, is the list of the chosen categories in the job's order."""

    name = "choices"
    title = language.gettext_lazy("Multi-label classification")
    order = 20
    value_type: ClassVar[ValueType[Any]] = ValueType(
        read=choices.read,
        write=choices.write,
        methods=methods_in(choices, StructuredMethod),
        default_method="per-label",
        measure=choices.measure,
        higher_is_better=choices.HIGHER_IS_BETTER,
    )
    similarity_measure = "jaccard"
    types: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "image": "image-classification-multilabel",
            "text": "text-classification-multilabel",
            "video": "video-classification-multilabel",
        }
    )
    min_categories, max_categories = 2, 50
    online_methods: ClassVar[tuple[str, ...]] = ("per-label",)
    multi_label = True

    def read_answer(self, content: object, categories: Sequence[str]) -> list[str]:
        element, fields = reading.element(content, names=ELEMENTS, key="labels", example='{"labels": ["…"]}')
        return _in_order(f"{element}.labels", fields["labels"], categories)

    def read_value(self, value: object, categories: Sequence[str]) -> list[str]:
        return _in_order("value", value, categories)

    def decode(self, value: Any) -> tuple[str, ...]:
        return tuple(value)

    def encode(self, value: Any, answers: Sequence[Any]) -> list[str]:
        return list(value)

    def matches(self, answer: Any, truth: Any) -> bool:
        return set(answer) == set(truth)

    def is_label(self, value: Any, metadata: Mapping[str, Any], categories: Sequence[str]) -> bool:
        names = metadata.get("class-map")
        return isinstance(value, list) and all(reading.class_of(code, names, categories) for code in value)

    def label_fields(self, label: Label, context: ManifestContext) -> tuple[list[int], dict[str, Any]]:
        codes = [list(context.categories).index(name) for name in label.value]
        return codes, {
            "job-name": None,  # set with what all labels have; named here for the order
            "class-map": {str(code): name for code, name in zip(codes, label.value, strict=True)},
            "confidence-map": {
                str(code): manifest_confidence(part)
                for code, part in zip(codes, label.part_confidence or (), strict=True)
            },
            "human-annotated": None,
            "creation-date": None,
            "type": None,
        }

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
        result = super().consolidate(
            answers, categories=categories, method=method, parameters=parameters, gold_answers=gold_answers,
            worker_accuracy=worker_accuracy,
        )  # fmt: skip
        code = {category: index for index, category in enumerate(categories)}
        labels: list[Any] = []
        parts: list[NDArray[np.float64]] = []
        for value, confidence in zip(result.labels, result.part_confidence or (), strict=True):
            ordered = sorted(zip((code[name] for name in value or ()), confidence.tolist(), strict=True))
            labels.append(None if value is None else [categories[index] for index, _confidence in ordered])
            parts.append(np.array([part for _index, part in ordered], dtype=np.float64))
        return replace(result, labels=labels, part_confidence=parts, posterior=_posterior(result.model, code))

    def prior_model(self, categories: Sequence[str]) -> dict[str, Any]:
        return online.prior_model()

    def worker_models(self, result: Aggregation[Any]) -> tuple[dict[str, Any], list[Any]] | None:
        return online.to_json(result.model) if isinstance(result.model, PerLabelModel) else None

    def posterior(
        self, shared: Mapping[str, Any], answers: Sequence[tuple[Any, Any]], *, categories: Sequence[str], more: int
    ) -> PosteriorSummary:
        models = online.from_json(dict(shared), [worker for worker, _value in answers], categories)
        each = np.arange(len(answers))
        odds = online.log_odds(
            models, np.zeros_like(each), each, each, [value for _worker, value in answers], n_tasks=1
        )
        best = [category for category, log_odds in zip(categories, odds[0], strict=True) if log_odds > 0]
        gains = online.value_of_more_answers(models, odds, np.array([more]))
        return PosteriorSummary(best, float(online.error(odds)[0]), float(gains[0]))

    def value_of_more_answers(
        self,
        shared: Mapping[str, Any],
        workers: Sequence[Any],
        answers: AnswerColumns,
        *,
        categories: Sequence[str],
        more: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        models = online.from_json(dict(shared), workers, categories)
        tasks, people, values = (np.asarray(column) for column in (answers.objects, answers.workers, answers.values))
        odds = online.log_odds(models, tasks, people, values, answers.distinct, n_tasks=answers.n_objects)
        return online.value_of_more_answers(models, odds, more)


def _in_order(field: str, chosen: object, categories: Sequence[str]) -> list[str]:
    """Return the chosen categories in the job's order. Raises AnswerRefused."""
    if not isinstance(chosen, list | tuple):
        raise AnswerRefused(
            field, chosen, language.gettext('must be a list of categories such as ["…"], empty if none applies.')
        )
    present = [reading.category_of(name, categories) for name in chosen]
    if None in present:
        names = reading.first_of(categories)
        name = chosen[present.index(None)]
        raise AnswerRefused(field, name, language.gettext("must be among: %(names)s.", names=names))
    if len(set(present)) < len(present):
        raise AnswerRefused(field, chosen, language.gettext("must have each category once."))
    return [category for category in categories if category in present]


def _posterior(model: object, code: Mapping[str, int]) -> NDArray[np.float64] | None:
    """Return the probability of each category [objects, categories], 0 for those nobody chose; None without a model."""
    if not isinstance(model, PerLabelModel):
        return None
    posterior = np.zeros((len(model.probability), len(code)))
    posterior[:, [code[label] for label in model.labels]] = model.probability
    return posterior


KIND = Choices()
