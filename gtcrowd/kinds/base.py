"""What all kinds share: their folder and pages, checks of names, and the frame of the manifest fields."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, ClassVar

from gtcrowd.consolidation import Method
from gtcrowd.kinds import names
from gtcrowd.kinds.geometry import Shape
from gtcrowd.kinds.kind import (
    AnswerRefused,
    Fault,
    Label,
    ManifestContext,
    UnknownMedium,
    common_metadata,
    parameter_faults,
)


class BaseKind(ABC):
    """A kind in the folder `gtcrowd/kinds/<name>`.

    types   for each medium the type in a label's metadata
    min_categories, max_categories   bounds of the number of label categories; None: no upper bound
    """

    name: ClassVar[str]
    title: ClassVar[str]
    order: ClassVar[int]
    types: ClassVar[Mapping[str, str]]
    min_categories: ClassVar[int] = 1
    max_categories: ClassVar[int | None] = 50
    default_seconds: ClassVar[int] = 300
    multi_label: ClassVar[bool] = False
    is_reference: ClassVar[bool] = False

    @property
    def folder(self) -> Traversable:
        return resources.files(f"gtcrowd.kinds.{self.name}")

    @property
    def media(self) -> tuple[str, ...]:
        return tuple(self.types)

    @property
    @abstractmethod
    def methods(self) -> Mapping[str, Method]: ...

    def template(self, medium: str) -> str:
        self._check_medium(medium)
        return self.folder.joinpath(f"page-{medium}.liquid").read_text("utf-8")

    def check_attribute_name(self, name: str) -> list[Fault]:
        return names.check_attribute_name(name, is_reference=self.is_reference)

    def check_categories(self, categories: Sequence[object]) -> list[Fault]:
        return names.check_categories(categories, minimum=self.min_categories, maximum=self.max_categories)

    def check_parameters(self, method: str, parameters: Mapping[str, Any]) -> list[Fault]:
        return parameter_faults(self.methods[method].check, parameters)

    def geometry(self, value: Any, part_confidence: Sequence[float] | None = None) -> list[Shape]:
        return []

    def image_size(self, value: Any) -> tuple[int, int] | None:
        return None

    def is_label(self, value: Any, metadata: Mapping[str, Any], categories: Sequence[str]) -> bool:
        try:
            self.read_value(value, categories)
        except AnswerRefused:
            return False
        return True

    @abstractmethod
    def read_value(self, value: object, categories: Sequence[str]) -> Any: ...

    def manifest_fields(self, label: Label, context: ManifestContext) -> dict[str, Any]:
        self._check_medium(context.medium)
        common = common_metadata(
            type_name=self.types[context.medium],
            job_name=context.job_name,
            created_at=context.created_at,
            human_annotated=context.human_annotated,
        )
        value, metadata = self.label_fields(label, context)
        return {context.attribute: value, f"{context.attribute}-metadata": metadata | common}

    @abstractmethod
    def label_fields(self, label: Label, context: ManifestContext) -> tuple[Any, dict[str, Any]]:
        """Return the value of the label's attribute in the manifest, and the metadata besides what all kinds have."""

    def _check_medium(self, medium: str) -> None:
        if medium not in self.types:
            raise UnknownMedium(self.title, medium, self.media)
