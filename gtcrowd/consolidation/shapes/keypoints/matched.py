"""Match points over all workers, estimate whether each exists, and average positions."""

from __future__ import annotations

from functools import partial

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.shapes import outlines
from gtcrowd.consolidation.shapes.detection import Geometry
from gtcrowd.consolidation.shapes.outlines import Outlines, Points
from gtcrowd.consolidation.structured.method import method
from gtcrowd.consolidation.structured.table import ValueTable


@method(
    name="matched",
    title=language.gettext_lazy("Matched points"),
    summary=language.gettext_lazy("Matches points over all workers and averages them by precision."),
    order=10,
    parameters=outlines.PARAMETERS,
)
def matched(
    table: ValueTable[Outlines], *, least_likeness: float = 0.3, least_chance: float = 0.5
) -> Aggregation[list[Outlines | None]]:
    """Consolidate points; points of one label are matched by their distance, relative to the mean extent of an answer.

    See `outlines.consolidate`.
    """
    scale = outlines.mean_extent(table.value)
    geometry: Geometry[Points] = Geometry(
        lambda shape, _: np.array(shape[0]), lambda _shapes, _weight, mean: outlines.as_points(mean), lambda _: scale
    )
    return outlines.consolidate(
        table, least_likeness=least_likeness, least_chance=least_chance,
        similarity=partial(outlines.point_similarity, scale=scale), geometry=geometry, same_label=True,
    )  # fmt: skip
