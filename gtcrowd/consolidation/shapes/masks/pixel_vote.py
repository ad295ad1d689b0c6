"""A majority vote for each pixel."""

from __future__ import annotations

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.shapes.rle import Mask
from gtcrowd.consolidation.shapes.segmentation import Masks, pixel_groups, summary
from gtcrowd.consolidation.structured.method import method


@method(
    name="pixel-vote",
    title=language.gettext_lazy("Majority vote per pixel"),
    summary=language.gettext_lazy("A pixel belongs to a label if most workers marked it."),
    order=20,
    parameters={"least_share": Parameter(0.5, 0.0, 1.0, "share of the workers that must be exceeded")},
)
def pixel_vote(table: Masks, *, least_share: float = 0.5) -> Aggregation[list[Mask | None]]:
    """Assign a pixel to a label if more than `least_share` of the workers marked it.

    Confidences are those of `segmentation.summary`, with shares of the votes as probabilities.
    """
    groups = pixel_groups(table)
    shares = [group.marked.mean(axis=0) if len(group.marked) else np.zeros(group.marked.shape[1]) for group in groups]
    inside = [
        p >= 1 - least_share if group.inverted else p > least_share for group, p in zip(groups, shares, strict=True)
    ]
    return summary(table, groups, shares, inside, method="pixel-vote", parameters={"least_share": least_share})
