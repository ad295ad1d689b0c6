"""Compute measures from frames and columns: pure functions with their formula, source and undefined cases."""
