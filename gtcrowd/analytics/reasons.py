"""The reason codes, for rooms that see the other ones through analytics only."""

from gtcrowd.platform.reasons import Reason

__all__ = ["Reason"]
