"""When a hook is tried again after a fault that may pass."""

from datetime import timedelta

AT_ONCE = (0.5, 2.0)
"""Seconds before a second and a third try of the same call."""
LATER = [timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 900, 1800, 3600)]
"""Waiting times between attempts of a batch; after the last one, its objects fail."""
