"""One of several categories for an image or a text."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import resources
from typing import Any

import numpy as np

from gtcrowd import consolidation
from gtcrowd.kinds import kind
from gtcrowd.kinds.kind import AnswerRefused, Concluded, Fault

ELEMENTS = ("crowd-image-classifier", "crowd-classifier")
TYPES = {"image": "image-classification", "text": "text-classification"}
MOST_CHARACTERS = 256


class Choice:
    name = "choice"
    title = "One category"
    media: tuple[str, ...] = ("image", "text")
    methods: tuple[str, ...] = tuple(consolidation.METHODS)
    default_method = "dawid-skene"
    default_seconds = 300

    def template(self, medium: str) -> str:
        return resources.files("gtcrowd.kinds").joinpath(f"templates/choice-{medium}.liquid").read_text("utf-8")

    def check_attribute_name(self, name: str) -> list[Fault]:
        return kind.check_attribute_name(name, ref=False)

    def check_categories(self, categories: Sequence[object]) -> list[Fault]:
        faults = [
            Fault(one, f"must be a text of 1 to {MOST_CHARACTERS} characters.")
            for one in categories
            if not isinstance(one, str) or not one.strip() or len(one) > MOST_CHARACTERS
        ]
        named = [one for one in categories if isinstance(one, str)]
        faults += [Fault(one, "must stand once only.") for one in dict.fromkeys(named) if named.count(one) > 1]
        if len(categories) < 2:
            faults.append(Fault(list(categories), "must be at least two."))
        return faults

    def read_answer(self, content: object, categories: Sequence[str]) -> str:
        if not isinstance(content, Mapping):
            raise AnswerRefused("answer", content, "must be an object keyed by the element's name.")
        element = next((name for name in ELEMENTS if name in content), None)
        chosen = content.get(element) if element else None
        if not isinstance(chosen, Mapping):
            raise AnswerRefused(element or ELEMENTS[0], chosen, 'must be an object such as {"label": "…"}.')
        label = chosen.get("label")
        if label not in categories:
            raise AnswerRefused(f"{element}.label", label, f"must be one of: {', '.join(categories)}.")
        return str(label)

    def conclude(
        self,
        objects: Sequence[int],
        workers: Sequence[int],
        values: Sequence[Any],
        *,
        categories: Sequence[str],
        method: str,
        parameters: Mapping[str, Any],
        n_objects: int,
        n_workers: int,
    ) -> Concluded:
        code = {category: place for place, category in enumerate(categories)}
        table = consolidation.AnswerTable.from_codes(
            np.asarray(objects, dtype=np.int32),
            np.asarray(workers, dtype=np.int32),
            np.fromiter((code[value] for value in values), dtype=np.int32, count=len(values)),
            n_tasks=n_objects,
            n_workers=n_workers,
            n_labels=len(categories),
        )
        conclusion = consolidation.conclude(method, table, **parameters)
        labels = [categories[label] if label >= 0 else None for label in conclusion.label]
        return Concluded(labels, conclusion.confidence, conclusion.posterior, conclusion)

    def block(
        self,
        *,
        attribute: str,
        value: Any,
        confidence: float,
        categories: Sequence[str],
        medium: str,
        job_name: str,
        created_at: datetime,
    ) -> dict[str, Any]:
        shared = kind.metadata(type_name=TYPES[medium], job_name=job_name, created_at=created_at)
        return {
            attribute: list(categories).index(value),
            f"{attribute}-metadata": {"class-name": value, "confidence": round(confidence, 6), **shared},
        }


CHOICE = Choice()
