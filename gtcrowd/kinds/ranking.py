"""The categories in an order, best first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation.forms import FORMS
from gtcrowd.consolidation.values.form import Form
from gtcrowd.kinds import answers
from gtcrowd.kinds.kind import AnswerRefused, written_confidence
from gtcrowd.kinds.valued import CUSTOM, Valued

EXAMPLE = '{"ranking": ["…", "…"]}'


class Ranking(Valued):
    """A value is the list of all categories of the job, best first."""

    name = "ranking"
    title = language.later("An order, best first")
    form: ClassVar[Form[Any]] = FORMS["ranking"]
    types: ClassVar[Mapping[str, str]] = {"image": CUSTOM, "text": CUSTOM, "video": CUSTOM}
    least, most = 2, 50

    def read_answer(self, content: object, categories: Sequence[str]) -> list[str]:
        name, sent = answers.element(content, names=("crowd-ranking",), key="ranking", example=EXAMPLE)
        return _read(f"{name}.ranking", sent["ranking"], categories)

    def read_value(self, value: object, categories: Sequence[str]) -> list[str]:
        return _read("value", value, categories)

    def inner(self, value: Any) -> tuple[str, ...]:
        return tuple(value)

    def outer(self, inner: Any, given: Sequence[Any]) -> list[str]:
        return list(inner)

    def same(self, answer: Any, truth: Any) -> bool:
        return list(answer) == list(truth)

    def label(
        self, value: Any, parts: Sequence[float], confidence: float, categories: Sequence[str]
    ) -> tuple[Any, dict[str, Any]]:
        return value, {"confidence": written_confidence(confidence)}


def _read(field: str, given: object, categories: Sequence[str]) -> list[str]:
    if not isinstance(given, list | tuple) or sorted(map(str, given)) != sorted(categories):
        raise AnswerRefused(
            field,
            given,
            language.say("must have each category once, best first: %(names)s.", names=answers.some(categories)),
        )
    return list(given)


RANKING = Ranking()
