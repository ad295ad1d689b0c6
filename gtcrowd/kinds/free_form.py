"""The family of kinds whose answer workers write instead of choosing: text and number."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from gtcrowd import language
from gtcrowd.kinds.kind import AnswerRefused, Label, ManifestContext, manifest_confidence
from gtcrowd.kinds.structured import CUSTOM, StructuredKind


class FreeFormKind(StructuredKind):
    """A value is one field of the page's form: the field `field`, or whatever a template calls its only field."""

    types: ClassVar[Mapping[str, str]] = MappingProxyType({"image": CUSTOM, "text": CUSTOM, "video": CUSTOM})
    min_categories, max_categories = 0, 0
    field: ClassVar[str]

    def read_answer(self, content: object, categories: Sequence[str]) -> Any:
        if not isinstance(content, Mapping):
            raise AnswerRefused("answer", content, language.gettext("must be an object keyed by the field's name."))
        plain = [name for name, value in content.items() if not isinstance(value, Mapping | list)]
        name = self.field if self.field in content or len(plain) != 1 else str(plain[0])
        return self._read(name, content.get(name))

    def read_value(self, value: object, categories: Sequence[str]) -> Any:
        return self._read("value", value)

    def decode(self, value: Any) -> Any:
        return value

    def label_fields(self, label: Label, context: ManifestContext) -> tuple[Any, dict[str, Any]]:
        return label.value, {"confidence": manifest_confidence(label.confidence)}

    @abstractmethod
    def _read(self, field: str, value: object) -> Any:
        """Return the canonical value of the field. Raises AnswerRefused."""
