"""Values of any form: all that can be said of two is whether they are equal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np

from gtcrowd.consolidation.structured.table import parse_json

Custom = str
"""Canonical JSON: keys sorted, no spaces."""
HIGHER_IS_BETTER = frozenset({"exact"})


def read(text: str) -> Custom:
    """Parse any JSON. Raises ValueRefused."""
    return canonical(parse_json(text, "JSON"))


def canonical(value: object) -> Custom:
    """Return the canonical JSON text of a value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def measure(labels: Sequence[Custom | None], truths: Sequence[Custom]) -> Mapping[str, float]:
    """Return the share of tasks whose label is the truth."""
    return {"exact": float(np.mean([a == b for a, b in zip(labels, truths, strict=True)])) if truths else 0.0}
