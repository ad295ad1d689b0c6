"""Spans of a text: who marks what, from where to where."""
