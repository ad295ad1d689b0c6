"""Spans of a text, each with a label: named entities. Offsets are in Unicode code points, the end exclusive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation.forms import FORMS
from gtcrowd.consolidation.spans.marks import Marks, Span
from gtcrowd.consolidation.values.form import Form
from gtcrowd.kinds import answers
from gtcrowd.kinds.kind import AnswerRefused
from gtcrowd.kinds.valued import Valued, sure

MOST_SPANS = 10_000
MOST_CHARACTERS = 10_000_000
EXAMPLE = '{"entities": [{"label": "…", "startOffset": 0, "endOffset": 1}]}'


class Spans(Valued):
    """A value is {"entities": [{label, startOffset, endOffset}]}, in the order of the text; spans may overlap."""

    name = "spans"
    title = language.later("Spans of a text")
    alike = "f1"
    form: ClassVar[Form[Any]] = FORMS["spans"]
    types: ClassVar[Mapping[str, str]] = {"text": "text-span"}

    def read_answer(self, content: object, categories: Sequence[str]) -> dict[str, Any]:
        names = ("crowd-entity-annotation", "entities")
        name, sent = answers.element(content, names=names, key="entities", example=EXAMPLE)
        return _read(name, sent, categories)

    def read_value(self, value: object, categories: Sequence[str]) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise AnswerRefused("value", value, language.say("must be an object such as %(example)s.", example=EXAMPLE))
        return _read("value", value, categories)

    def inner(self, value: Any) -> Marks:
        return Marks(tuple(Span(one["startOffset"], one["endOffset"], one["label"]) for one in value["entities"]))

    def outer(self, inner: Any, given: Sequence[Any]) -> dict[str, Any]:
        return {
            "entities": [{"label": one.label, "startOffset": one.start, "endOffset": one.end} for one in inner.spans]
        }

    def same(self, answer: Any, truth: Any) -> bool:
        return bool(self.inner(answer) == self.inner(truth))

    def label(
        self, value: Any, parts: Sequence[float], confidence: float, categories: Sequence[str]
    ) -> tuple[Any, dict[str, Any]]:
        labels = [{"label": category} for category in categories]
        return {"annotations": {"labels": labels, "entities": value["entities"]}}, {"entities": sure(parts)}


def _read(field: str, sent: Mapping[Any, Any], categories: Sequence[str]) -> dict[str, Any]:
    entities = sent.get("entities")
    if not isinstance(entities, list) or len(entities) > MOST_SPANS:
        raise AnswerRefused(
            f"{field}.entities",
            entities,
            language.say("must be a list of at most %(most)s spans.", most=f"{MOST_SPANS:,}"),
        )
    found = {_span(f"{field}.entities[{place}]", one, categories) for place, one in enumerate(entities)}
    return {
        "entities": [{"label": label, "startOffset": start, "endOffset": end} for start, end, label in sorted(found)]
    }


def _span(field: str, given: object, categories: Sequence[str]) -> tuple[int, int, str]:
    if not isinstance(given, Mapping):
        raise AnswerRefused(field, given, language.say("must be an object as in %(example)s.", example=EXAMPLE))
    label, start, end = (given.get(name) for name in ("label", "startOffset", "endOffset"))
    if not isinstance(label, str) or label not in categories:
        raise AnswerRefused(
            f"{field}.label", label, language.say("must be one of: %(names)s.", names=answers.some(categories))
        )
    whole = all(isinstance(one, int) and not isinstance(one, bool) for one in (start, end))
    if not whole or not 0 <= start < end <= MOST_CHARACTERS:  # type: ignore[operator]  # both are whole numbers
        raise AnswerRefused(
            field, [start, end], language.say("must have whole offsets with 0 ≤ startOffset < endOffset.")
        )
    return start, end, label  # type: ignore[return-value]


SPANS = Spans()
