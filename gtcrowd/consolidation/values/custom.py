"""Answers of any shape: all that can be said of two is whether they are the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.values.form import Form
from gtcrowd.consolidation.values.method import ValueMethod
from gtcrowd.consolidation.values.outcome import Outcome, outcome
from gtcrowd.consolidation.values.table import ValueRefused, ValueTable

Custom = str
"""JSON in one form only: keys sorted, no spaces."""


def read(text: str) -> Custom:
    """Any JSON."""
    try:
        return canonical(json.loads(text))
    except json.JSONDecodeError as error:
        raise ValueRefused(f"is {text!r:.60}; expected JSON") from error


def canonical(value: object) -> Custom:
    """The one text of a value in JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def most_common(table: ValueTable[Custom]) -> Outcome[Custom]:
    """The answer that most workers gave, the first in order of its text where several did.

    `confidence`: its share of the answers.
    """
    value: list[Custom | None] = []
    share = np.zeros(table.n_tasks)
    for task, rows in enumerate(table.rows_by_task()):
        counts = Counter(table.value[row] for row in rows.tolist())
        if not counts:
            value.append(None)
            continue
        best, n = min(counts.items(), key=lambda item: (-item[1], item[0]))
        value.append(best)
        share[task] = n / len(rows)
    score = np.array([given == value[task] for given, task in zip(table.value, table.task.tolist(), strict=True)])
    return outcome(
        table, value, confidence=share, score=score.astype(np.float64), agreement=_agreement(table),
        method="most-common", parameters={},
    )  # fmt: skip


def measure(concluded: Sequence[Custom | None], true: Sequence[Custom]) -> Mapping[str, float]:
    """Share of tasks concluded as is right."""
    return {"exact": float(np.mean([a == b for a, b in zip(concluded, true, strict=True)])) if true else 0.0}


def _agreement(table: ValueTable[Custom]) -> float | None:
    """Share of the pairs of answers to a task that are the same."""
    alike = pairs = 0
    for rows in table.rows_by_task():
        counts = Counter(table.value[row] for row in rows.tolist())
        pairs += len(rows) * (len(rows) - 1)
        alike += sum(n * (n - 1) for n in counts.values())
    return alike / pairs if pairs else None


FORM = Form(
    name="custom",
    read=read,
    write=str,
    methods={
        "most-common": ValueMethod(
            "most-common",
            language.later("Most common"),
            language.later("The answer that most workers gave."),
            most_common,
            {},
        )
    },
    default="most-common",
    measure=measure,
    higher=frozenset({"exact"}),
)
