"""Answers of whatever shape a requester's own page gives them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation.forms import FORMS
from gtcrowd.consolidation.values.custom import canonical
from gtcrowd.consolidation.values.form import Form
from gtcrowd.kinds.kind import AnswerRefused, written_confidence
from gtcrowd.kinds.valued import CUSTOM, Valued

MOST_CHARACTERS = 1_000_000


class Custom(Valued):
    """A value is all that the page sent: an object keyed by the names of its fields."""

    name = "custom"
    title = language.later("A page of your own")
    form: ClassVar[Form[Any]] = FORMS["custom"]
    types: ClassVar[Mapping[str, str]] = {"image": CUSTOM, "text": CUSTOM, "video": CUSTOM}
    least = 0

    def read_answer(self, content: object, categories: Sequence[str]) -> dict[str, Any]:
        return _read("answer", content)

    def read_value(self, value: object, categories: Sequence[str]) -> dict[str, Any]:
        return _read("value", value)

    def inner(self, value: Any) -> str:
        return canonical(value)

    def outer(self, inner: Any, given: Sequence[Any]) -> Any:
        return json.loads(inner)

    def same(self, answer: Any, truth: Any) -> bool:
        return canonical(answer) == canonical(truth)

    def label(
        self, value: Any, parts: Sequence[float], confidence: float, categories: Sequence[str]
    ) -> tuple[Any, dict[str, Any]]:
        return value, {"confidence": written_confidence(confidence)}


def _read(field: str, value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not value:
        raise AnswerRefused(
            field, value, language.say("must be an object keyed by the names of the page's fields, and not empty.")
        )
    if len(canonical(value)) > MOST_CHARACTERS:
        raise AnswerRefused(
            field, "…", language.say("must have at most %(most)s characters as JSON.", most=f"{MOST_CHARACTERS:,}")
        )
    return dict(value)


CUSTOM_KIND = Custom()
