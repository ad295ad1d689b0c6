"""Ranking: the categories in an order, best first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation import methods_in
from gtcrowd.consolidation.structured import ranking
from gtcrowd.consolidation.structured.method import StructuredMethod
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds import answers as reading
from gtcrowd.kinds.kind import AnswerRefused, Label, ManifestContext, manifest_confidence
from gtcrowd.kinds.structured import CUSTOM, StructuredKind

EXAMPLE = '{"ranking": ["…", "…"]}'


class Ranking(StructuredKind):
    """A value is the list of all categories of the job, best first."""

    name = "ranking"
    title = language.gettext_lazy("Ranking")
    order = 130
    value_type: ClassVar[ValueType[Any]] = ValueType(
        read=ranking.read,
        write=ranking.write,
        methods=methods_in(ranking, StructuredMethod),
        default_method="noisy-bradley-terry",
        measure=ranking.measure,
        higher_is_better=ranking.HIGHER_IS_BETTER,
    )
    types: ClassVar[Mapping[str, str]] = MappingProxyType({"image": CUSTOM, "text": CUSTOM, "video": CUSTOM})
    min_categories, max_categories = 2, 50

    def read_answer(self, content: object, categories: Sequence[str]) -> list[str]:
        name, fields = reading.element(content, names=("crowd-ranking",), key="ranking", example=EXAMPLE)
        return _read(f"{name}.ranking", fields["ranking"], categories)

    def read_value(self, value: object, categories: Sequence[str]) -> list[str]:
        return _read("value", value, categories)

    def decode(self, value: Any) -> tuple[str, ...]:
        return tuple(value)

    def encode(self, value: Any, answers: Sequence[Any]) -> list[str]:
        return list(value)

    def matches(self, answer: Any, truth: Any) -> bool:
        return list(answer) == list(truth)

    def label_fields(self, label: Label, context: ManifestContext) -> tuple[Any, dict[str, Any]]:
        return label.value, {"confidence": manifest_confidence(label.confidence)}


def _read(field: str, value: object, categories: Sequence[str]) -> list[str]:
    if not isinstance(value, list | tuple) or sorted(map(str, value)) != sorted(categories):
        names = reading.first_of(categories)
        raise AnswerRefused(
            field, value, language.gettext("must have each category once, best first: %(names)s.", names=names)
        )
    return list(value)


KIND = Ranking()
