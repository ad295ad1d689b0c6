"""One dialect of lines: the augmented manifest, JSON Lines with one object of the data set a line."""

from gtcrowd.manifest.read import Line, LineRefused, Report, check, read_lines
from gtcrowd.manifest.write import augment, written

__all__ = ["Line", "LineRefused", "Report", "augment", "check", "read_lines", "written"]
