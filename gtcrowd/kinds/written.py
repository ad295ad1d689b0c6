"""What workers write instead of choosing: a text, or a number."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation.forms import FORMS
from gtcrowd.consolidation.values.form import Form
from gtcrowd.kinds.kind import AnswerRefused, written_confidence
from gtcrowd.kinds.valued import CUSTOM, Valued

MOST_CHARACTERS = 20_000
NEAR = 0.01
"""A number is as right as a known one if it is off by less than this share of it."""


class Written(Valued):
    """A value is one field of the page's form, by the name `field` or whatever a template calls its only one."""

    types: ClassVar[Mapping[str, str]] = {"image": CUSTOM, "text": CUSTOM, "video": CUSTOM}
    least, most = 0, 0
    field: ClassVar[str]

    def read_answer(self, content: object, categories: Sequence[str]) -> Any:
        if not isinstance(content, Mapping):
            raise AnswerRefused("answer", content, language.say("must be an object keyed by the field's name."))
        plain = [name for name, value in content.items() if not isinstance(value, Mapping | list)]
        name = self.field if self.field in content or len(plain) != 1 else str(plain[0])
        return self._read(name, content.get(name))

    def read_value(self, value: object, categories: Sequence[str]) -> Any:
        return self._read("value", value)

    def inner(self, value: Any) -> Any:
        return value

    def label(
        self, value: Any, parts: Sequence[float], confidence: float, categories: Sequence[str]
    ) -> tuple[Any, dict[str, Any]]:
        return value, {"confidence": written_confidence(confidence)}

    def _read(self, field: str, value: object) -> Any:
        raise NotImplementedError


class Text(Written):
    name = "text"
    title = language.later("A text to write")
    alike = "gleu"
    form: ClassVar[Form[Any]] = FORMS["text"]
    field = "text"

    def outer(self, inner: Any, given: Sequence[Any]) -> str:
        return str(inner)

    def same(self, answer: Any, truth: Any) -> bool:
        return str(answer).split() == str(truth).split()

    def _read(self, field: str, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise AnswerRefused(field, value, language.say("must be a text, and not empty."))
        if len(value) > MOST_CHARACTERS:
            raise AnswerRefused(
                field, value, language.say("must have at most %(most)s characters.", most=f"{MOST_CHARACTERS:,}")
            )
        return unicodedata.normalize("NFC", value.strip())


class Number(Written):
    name = "number"
    title = language.later("A number")
    form: ClassVar[Form[Any]] = FORMS["number"]
    field = "number"

    def outer(self, inner: Any, given: Sequence[Any]) -> float:
        number = round(float(inner), 6)
        return int(number) if number.is_integer() else number

    def same(self, answer: Any, truth: Any) -> bool:
        return math.isclose(answer, truth, rel_tol=NEAR, abs_tol=1e-9)

    def _read(self, field: str, value: object) -> float:
        number = value
        if isinstance(value, str):
            try:
                number = float(value)
            except ValueError:
                number = None
        if not isinstance(number, int | float) or isinstance(number, bool) or not math.isfinite(number):
            raise AnswerRefused(field, value, language.say("must be a number such as 3 or 0.5."))
        return int(number) if float(number).is_integer() and abs(number) < 1e15 else float(number)


TEXT, NUMBER = Text(), Number()
