"""Augmented manifests: JSON Lines with one object of the dataset per line."""

from gtcrowd.manifest.read import Line, LineRefused, Report, check, read_lines
from gtcrowd.manifest.write import augment, to_json

__all__ = ["Line", "LineRefused", "Report", "augment", "check", "read_lines", "to_json"]
