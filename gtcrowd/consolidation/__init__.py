"""Many answers into one, with a number for doubt. Pure: NumPy and SciPy over an integer-coded table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gtcrowd.consolidation.conclusion import Conclusion
from gtcrowd.consolidation.dawid_skene import dawid_skene
from gtcrowd.consolidation.gt_compat import gt_compat
from gtcrowd.consolidation.majority import majority
from gtcrowd.consolidation.table import AnswerTable, Coded, from_frame
from gtcrowd.consolidation.weighted import weighted_vote

__all__ = [
    "METHODS",
    "AnswerTable",
    "Coded",
    "Conclusion",
    "Method",
    "UnknownMethod",
    "conclude",
    "from_frame",
]


@dataclass(frozen=True)
class Method:
    """A way to conclude: its name, what a person reads about it, and the function."""

    name: str
    title: str
    summary: str
    conclude: Callable[..., Conclusion]


METHODS: Mapping[str, Method] = {
    method.name: method
    for method in (
        Method("majority", "Majority vote", "Every answer counts the same.", majority),
        Method(
            "weighted-vote",
            "Weighted vote",
            "Answers count by how often their worker is right.",
            weighted_vote,
        ),
        Method(
            "dawid-skene",
            "Dawid–Skene",
            "Learns from the answers which categories each worker confuses.",
            dawid_skene,
        ),
        Method(
            "gt-compat",
            "Ground Truth compatible",
            "The same labels and confidences as Ground Truth.",
            gt_compat,
        ),
    )
}


class UnknownMethod(LookupError):
    """There is no such method."""


def conclude(name: str, table: AnswerTable, **parameters: Any) -> Conclusion:
    """Run the method of this name. Raises UnknownMethod, and TypeError for a parameter it does not have."""
    if name not in METHODS:
        raise UnknownMethod(f"{name!r} is not a method; there is {', '.join(METHODS)}")
    return METHODS[name].conclude(table, **parameters)
