"""Answers of whatever form a requester's own template gives them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation import methods_in
from gtcrowd.consolidation.structured import custom
from gtcrowd.consolidation.structured.method import StructuredMethod
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds.kind import AnswerRefused, Label, ManifestContext, manifest_confidence
from gtcrowd.kinds.structured import CUSTOM, StructuredKind

MAX_LENGTH = 1_000_000


class Custom(StructuredKind):
    """A value is all that the page sent: an object keyed by the names of its fields."""

    name = "custom"
    title = language.gettext_lazy("Custom template")
    order = 140
    value_type: ClassVar[ValueType[Any]] = ValueType(
        read=custom.read,
        write=str,
        methods=methods_in(custom, StructuredMethod),
        default_method="most-common",
        measure=custom.measure,
        higher_is_better=custom.HIGHER_IS_BETTER,
    )
    types: ClassVar[Mapping[str, str]] = MappingProxyType({"image": CUSTOM, "text": CUSTOM, "video": CUSTOM})
    min_categories = 0

    def read_answer(self, content: object, categories: Sequence[str]) -> dict[str, Any]:
        return _read("answer", content)

    def read_value(self, value: object, categories: Sequence[str]) -> dict[str, Any]:
        return _read("value", value)

    def decode(self, value: Any) -> str:
        return custom.canonical(value)

    def encode(self, value: Any, answers: Sequence[Any]) -> Any:
        return json.loads(value)

    def matches(self, answer: Any, truth: Any) -> bool:
        return custom.canonical(answer) == custom.canonical(truth)

    def is_label(self, value: Any, metadata: Mapping[str, Any], categories: Sequence[str]) -> bool:
        return True  # a post-annotation hook gives labels any form

    def label_fields(self, label: Label, context: ManifestContext) -> tuple[Any, dict[str, Any]]:
        return label.value, {"confidence": manifest_confidence(label.confidence)}


def _read(field: str, value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not value:
        raise AnswerRefused(
            field, value, language.gettext("must be an object keyed by the names of the page's fields, and not empty.")
        )
    if len(custom.canonical(value)) > MAX_LENGTH:
        raise AnswerRefused(
            field, "…", language.gettext("must have at most %(most)s characters as JSON.", most=f"{MAX_LENGTH:,}")
        )
    return dict(value)


KIND = Custom()
