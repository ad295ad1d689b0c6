"""Order the rows of a similarity matrix so that similar rows are adjacent."""

import numpy as np
import numpy.typing as npt
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform


def alike(similarity: npt.ArrayLike) -> list[int]:
    """Return the row indices in the order of the leaves of an average-linkage tree.

    similarity  [n, n]  symmetric similarities; NaN where unknown

    (Sokal, Michener 1958, "A statistical method for evaluating systematic relationships").
    """
    table = np.array(similarity, dtype=np.float64)
    if len(table) < 3:
        return list(range(len(table)))
    present = table[~np.isnan(table)]
    distance = 1 - np.where(np.isnan(table), present.mean() if len(present) else 0.0, table)
    distance = np.clip((distance + distance.T) / 2, 0, 2)
    np.fill_diagonal(distance, 0)
    tree = hierarchy.linkage(squareform(distance, checks=False), method="average")
    return [int(leaf) for leaf in hierarchy.leaves_list(tree)]
