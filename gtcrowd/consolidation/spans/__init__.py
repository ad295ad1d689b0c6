"""Labeled spans of texts (named entities); in `methods` one file per method."""
