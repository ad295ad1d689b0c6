"""Named entity recognition: labeled spans of a text. Offsets are in Unicode code points, the end exclusive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.consolidation import methods_in
from gtcrowd.consolidation.spans import entities, methods
from gtcrowd.consolidation.spans.entities import Entities, Span
from gtcrowd.consolidation.structured.method import StructuredMethod
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.kinds import answers as reading
from gtcrowd.kinds.geometry import Shape, TextSpan, with_confidence
from gtcrowd.kinds.kind import AnswerRefused, Label, ManifestContext
from gtcrowd.kinds.structured import StructuredKind, part_confidences

MAX_SPANS = 10_000
MAX_OFFSET = 10_000_000
EXAMPLE = '{"entities": [{"label": "…", "startOffset": 0, "endOffset": 1}]}'


class Spans(StructuredKind):
    """A value is {"entities": [{label, startOffset, endOffset}]}, in the order of the text; spans may overlap."""

    name = "spans"
    title = language.gettext_lazy("Named entity recognition")
    order = 100
    value_type: ClassVar[ValueType[Any]] = ValueType(
        read=entities.read,
        write=entities.write,
        methods=methods_in(methods, StructuredMethod),
        default_method="sequence",
        measure=entities.measure,
        higher_is_better=entities.HIGHER_IS_BETTER,
    )
    similarity_measure = "f1"
    types: ClassVar[Mapping[str, str]] = MappingProxyType({"text": "text-span"})

    def read_answer(self, content: object, categories: Sequence[str]) -> dict[str, Any]:
        names = ("crowd-entity-annotation", "entities")
        name, fields = reading.element(content, names=names, key="entities", example=EXAMPLE)
        return _read(name, fields, categories)

    def read_value(self, value: object, categories: Sequence[str]) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise AnswerRefused(
                "value", value, language.gettext("must be an object such as %(example)s.", example=EXAMPLE)
            )
        return _read("value", value, categories)

    def check_object(self, value: Any, line: Mapping[str, Any]) -> None:
        """Raise AnswerRefused if a span is not within the text of the object, or contains white space only."""
        text = line.get("source")
        if not isinstance(text, str):
            return
        for index, span in enumerate(value["entities"]):
            start, end = span["startOffset"], span["endOffset"]
            if end > len(text) or not text[start:end].strip():
                raise AnswerRefused(
                    f"entities[{index}]", [start, end],
                    language.gettext("must have offsets of words of the text, which ends at %(end)s.", end=len(text)),
                )  # fmt: skip

    def decode(self, value: Any) -> Entities:
        spans = (Span(span["startOffset"], span["endOffset"], span["label"]) for span in value["entities"])
        return Entities(tuple(spans))

    def encode(self, value: Any, answers: Sequence[Any]) -> dict[str, Any]:
        return {
            "entities": [
                {"label": span.label, "startOffset": span.start, "endOffset": span.end} for span in value.spans
            ]
        }

    def matches(self, answer: Any, truth: Any) -> bool:
        return bool(self.decode(answer) == self.decode(truth))

    def geometry(self, value: Any, part_confidence: Sequence[float] | None = None) -> list[Shape]:
        spans = [(TextSpan(span["startOffset"], span["endOffset"]), str(span["label"])) for span in value["entities"]]
        return with_confidence(spans, part_confidence)

    def is_label(self, value: Any, metadata: Mapping[str, Any], categories: Sequence[str]) -> bool:
        return isinstance(value, Mapping) and super().is_label(value.get("annotations"), metadata, categories)

    def label_fields(self, label: Label, context: ManifestContext) -> tuple[Any, dict[str, Any]]:
        labels = [{"label": category} for category in context.categories]
        value = {"annotations": {"labels": labels, "entities": label.value["entities"]}}
        return value, {"entities": part_confidences(label.part_confidence)}


def _read(field: str, fields: Mapping[Any, Any], categories: Sequence[str]) -> dict[str, Any]:
    items = fields.get("entities")
    if not isinstance(items, list) or len(items) > MAX_SPANS:
        raise AnswerRefused(
            f"{field}.entities",
            items,
            language.gettext("must be a list of at most %(most)s spans.", most=f"{MAX_SPANS:,}"),
        )
    spans = {_span(f"{field}.entities[{index}]", item, categories) for index, item in enumerate(items)}
    return {
        "entities": [{"label": label, "startOffset": start, "endOffset": end} for start, end, label in sorted(spans)]
    }


def _span(field: str, item: object, categories: Sequence[str]) -> tuple[int, int, str]:
    if not isinstance(item, Mapping):
        raise AnswerRefused(field, item, language.gettext("must be an object as in %(example)s.", example=EXAMPLE))
    label = reading.one_of(f"{field}.label", item.get("label"), categories)
    start, end = item.get("startOffset"), item.get("endOffset")
    whole = all(isinstance(offset, int) and not isinstance(offset, bool) for offset in (start, end))
    if not whole or not 0 <= start < end <= MAX_OFFSET:  # type: ignore[operator]  # both are integers
        raise AnswerRefused(
            field, [start, end], language.gettext("must have whole offsets with 0 ≤ startOffset < endOffset.")
        )
    return start, end, label  # type: ignore[return-value]


KIND = Spans()
