"""An order in which those who are alike stand side by side."""

import numpy as np
import numpy.typing as npt
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform


def alike(likeness: npt.ArrayLike) -> list[int]:
    """Places of a symmetric table of likenesses (NaN: unknown) in the order of its tree (average linkage: Sokal,
    Michener 1958, "A statistical method for evaluating systematic relationships")."""
    table = np.array(likeness, dtype=np.float64)
    if len(table) < 3:
        return list(range(len(table)))
    known = table[~np.isnan(table)]
    far = 1 - np.where(np.isnan(table), known.mean() if len(known) else 0.0, table)
    far = np.clip((far + far.T) / 2, 0, 2)
    np.fill_diagonal(far, 0)
    tree = hierarchy.linkage(squareform(far, checks=False), method="average")
    return [int(place) for place in hierarchy.leaves_list(tree)]
