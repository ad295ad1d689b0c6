"""Single-label classification: one of several categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gtcrowd import consolidation, language
from gtcrowd.consolidation import Aggregation
from gtcrowd.consolidation.categorical import online
from gtcrowd.kinds import answers
from gtcrowd.kinds.base import BaseKind
from gtcrowd.kinds.kind import AnswerColumns, Label, ManifestContext, PosteriorSummary, manifest_confidence

ELEMENTS = ("crowd-image-classifier", "crowd-classifier")


class Choice(BaseKind):
    """The answer, and the label, is the name of one category."""

    name = "choice"
    title = language.gettext_lazy("Single-label classification")
    order = 10
    types: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "image": "image-classification",
            "text": "text-classification",
            "video": "video-classification",
        }
    )
    value_type = None
    min_categories, max_categories = 2, None
    online_methods: ClassVar[tuple[str, ...]] = ("hierarchical", "dawid-skene", "ibcc")
    default_method = "hierarchical"

    @property
    def methods(self) -> Mapping[str, consolidation.CategoricalMethod]:
        return consolidation.METHODS

    def read_answer(self, content: object, categories: Sequence[str]) -> str:
        element, fields = answers.element(content, names=ELEMENTS, key="label", example='{"label": "…"}')
        return answers.one_of(f"{element}.label", fields["label"], categories)

    def read_value(self, value: object, categories: Sequence[str]) -> str:
        return answers.one_of("value", value, categories)

    def is_label(self, value: Any, metadata: Mapping[str, Any], categories: Sequence[str]) -> bool:
        name = metadata.get("class-name")
        return answers.class_of(value, {} if name is None else {str(value): name}, categories) is not None

    def values(self, categories: Sequence[str]) -> Sequence[str]:
        return categories

    def matches(self, answer: Any, truth: Any) -> bool:
        return bool(answer == truth)

    def similarity(self, first: Any, second: Any) -> float:
        return float(first == second)

    def prior_model(self, categories: Sequence[str]) -> dict[str, Any]:
        return online.prior_model(len(categories))

    def worker_models(self, result: Aggregation[Any]) -> tuple[dict[str, Any], list[Any]] | None:
        try:
            return online.to_json(online.from_aggregation(result))
        except online.NoWorkerModel:
            return None

    def posterior(
        self, shared: Mapping[str, Any], answers: Sequence[tuple[Any, Any]], *, categories: Sequence[str], more: int
    ) -> PosteriorSummary:
        models = online.from_json(dict(shared), [worker for worker, _value in answers])
        state = online.begin(models)
        for index, (_worker, value) in enumerate(answers):
            state = online.add(models, state, worker=index, label=list(categories).index(value))
        posterior = online.posterior(models, state)
        best = int(posterior.argmax())
        gains = online.value_of_more_answers(models, state.evidence[None], posterior[None], np.array([more]))
        return PosteriorSummary(categories[best], float(1 - posterior[best]), float(gains[0]))

    def value_of_more_answers(
        self,
        shared: Mapping[str, Any],
        workers: Sequence[Any],
        answers: AnswerColumns,
        *,
        categories: Sequence[str],
        more: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        models, table = online.from_json(dict(shared), workers), _table(answers, categories)
        evidence, posteriors = online.log_evidence(models, table), online.posteriors(models, table)
        return online.value_of_more_answers(models, evidence, posteriors, more)

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
        gold = np.full(answers.n_objects, -1, dtype=np.int32)
        for task, value in (gold_answers or {}).items():
            gold[task] = list(categories).index(value)
        result = consolidation.consolidate(
            method, _table(answers, categories), gold=gold, worker_accuracy=worker_accuracy, **parameters
        )
        return replace(result, labels=[categories[code] if code >= 0 else None for code in result.labels.tolist()])  # type: ignore[arg-type,return-value]  # other labels make it another Aggregation

    def label_fields(self, label: Label, context: ManifestContext) -> tuple[int, dict[str, Any]]:
        metadata = {"class-name": label.value, "confidence": manifest_confidence(label.confidence)}
        return list(context.categories).index(label.value), metadata


def _table(answers: AnswerColumns, categories: Sequence[str]) -> consolidation.AnswerTable:
    code = {category: index for index, category in enumerate(categories)}
    label = np.array([code[value] for value in answers.distinct], dtype=np.int32)
    return consolidation.AnswerTable.from_codes(
        answers.objects,
        answers.workers,
        label[np.asarray(answers.values, dtype=np.int32)],
        n_tasks=answers.n_objects,
        n_workers=answers.n_workers,
        n_labels=len(categories),
    )


KIND = Choice()
