"""Match polygons over all workers, estimate whether each object exists, and average outlines."""

from __future__ import annotations

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.shapes import outlines
from gtcrowd.consolidation.shapes.outlines import Outlines
from gtcrowd.consolidation.shapes.polygons import GEOMETRY
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.table import ValueTable


@method(
    name="matched",
    title=language.gettext_lazy("Matched polygons"),
    summary=language.gettext_lazy("Matches polygons over all workers and averages them by precision."),
    order=10,
    parameters=outlines.PARAMETERS,
)
def matched(
    table: ValueTable[Outlines], *, least_likeness: float = 0.3, least_chance: float = 0.5
) -> Aggregation[list[Outlines | None]]:
    """Consolidate polygons, matched by the IoU of their areas; see `outlines.consolidate`."""
    return outlines.consolidate(
        table, least_likeness=least_likeness, least_chance=least_chance, similarity=outlines.area_similarity,
        geometry=GEOMETRY,
    )  # fmt: skip
