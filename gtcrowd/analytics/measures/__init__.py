"""Frames and columns into measures: pure functions, each with its definition, its source, and what undefined means."""
