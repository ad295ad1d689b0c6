"""Labels that lines of a manifest bring along, as in a chained job: which of them a job takes over.

An object whose line has a label that the job itself could have made is not labeled again. A label of another kind or
of other categories is not taken over: workers label the object as any other, and the output manifest has the new label.
The plan counts such lines. `null` is no label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from gtcrowd import kinds


class Earlier(Enum):
    """What a line has of the job's label attribute."""

    NONE = "none"
    LABEL = "label"
    IMPOSSIBLE = "impossible"


def of_line(fields: Mapping[str, Any], *, kind: kinds.Kind, attribute: str, categories: Sequence[str]) -> Earlier:
    """Return whether the fields of a line have a label of this kind and these categories."""
    value = fields.get(attribute)
    if value is None:
        return Earlier.NONE
    metadata = fields.get(f"{attribute}-metadata")
    is_label = kind.is_label(value, metadata if isinstance(metadata, Mapping) else {}, categories)
    return Earlier.LABEL if is_label else Earlier.IMPOSSIBLE
