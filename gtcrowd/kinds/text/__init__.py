"""Text entry: a transcription, a translation, a description."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation import methods_in
from gtcrowd.consolidation.structured import text
from gtcrowd.consolidation.structured.method import StructuredMethod
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds.free_form import FreeFormKind
from gtcrowd.kinds.kind import AnswerRefused

MAX_LENGTH = 20_000


class Text(FreeFormKind):
    """A value is a text in Unicode normalization form C, without surrounding whitespace."""

    name = "text"
    title = language.gettext_lazy("Text entry (transcription)")
    order = 110
    value_type: ClassVar[ValueType[Any]] = ValueType(
        read=str,
        write=str,
        methods=methods_in(text, StructuredMethod),
        default_method="medoid",
        measure=text.measure,
        higher_is_better=text.HIGHER_IS_BETTER,
    )
    similarity_measure = "gleu"
    field = "text"

    def encode(self, value: Any, answers: Sequence[Any]) -> str:
        return str(value)

    def matches(self, answer: Any, truth: Any) -> bool:
        return str(answer).split() == str(truth).split()

    def _read(self, field: str, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise AnswerRefused(field, value, language.gettext("must be a text, and not empty."))
        if len(value) > MAX_LENGTH:
            raise AnswerRefused(
                field, value, language.gettext("must have at most %(most)s characters.", most=f"{MAX_LENGTH:,}")
            )
        return unicodedata.normalize("NFC", value.strip())


KIND = Text()
