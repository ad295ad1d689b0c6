"""Masks: which pixels of an image belong to each label."""

from gtcrowd.consolidation.shapes.rle import read, write
from gtcrowd.consolidation.shapes.segmentation import HIGHER_IS_BETTER, measure

__all__ = ["HIGHER_IS_BETTER", "measure", "read", "write"]
