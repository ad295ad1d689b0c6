"""Figures: one function each, from a frame to a card. The title gives the result, the subtitle the method."""
