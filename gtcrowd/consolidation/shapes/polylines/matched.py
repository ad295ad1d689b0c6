"""Match lines over all workers, estimate whether each object exists, and average lines."""

from __future__ import annotations

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.shapes import outlines
from gtcrowd.consolidation.shapes.outlines import Outlines
from gtcrowd.consolidation.shapes.polylines import GEOMETRY
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.table import ValueTable


@method(
    name="matched",
    title=language.gettext_lazy("Matched lines"),
    summary=language.gettext_lazy("Matches lines over all workers and averages them by precision."),
    order=10,
    parameters=outlines.PARAMETERS,
)
def matched(
    table: ValueTable[Outlines], *, least_likeness: float = 0.3, least_chance: float = 0.5
) -> Aggregation[list[Outlines | None]]:
    """Consolidate lines, matched by their distance relative to their length; see `outlines.consolidate`."""
    return outlines.consolidate(
        table, least_likeness=least_likeness, least_chance=least_chance, similarity=outlines.line_similarity,
        geometry=GEOMETRY,
    )  # fmt: skip
