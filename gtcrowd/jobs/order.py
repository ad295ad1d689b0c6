"""In which order a job's objects are opened: the place of each, from its line of the manifest."""

import zlib
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from gtcrowd import manifest
from gtcrowd.jobs.models import Job, TaskOrder

MOST_PRIORITY = 10**9
MOST_SEQUENCE = 128
MASK = 2**64 - 1

Place = tuple[int | None, str]
"""Rank, or None where the position in the manifest decides, and the name of the sequence, or an empty text."""


def places(job: Job) -> Callable[[manifest.Line], Place]:
    """What gives each line of the job's manifest its place; lines are as `fault` lets them pass."""
    if job.task_order == TaskOrder.RANDOM:
        seed = zlib.crc32(job.order_key.encode())
        return lambda line: (_shuffled(seed, line.index), "")
    if job.task_order == TaskOrder.PRIORITY:
        return lambda line: ((MOST_PRIORITY - line.fields.get(job.order_key, 0) << 32) + line.index, "")
    if job.task_order == TaskOrder.SEQUENCE:
        return lambda line: (None, str(line.fields.get(job.order_key, "")))
    return lambda line: (None, "")


def fault(line: manifest.Line, *, task_order: str, key: str) -> manifest.LineRefused | None:
    """What is wrong with the attribute by which a line is ordered."""
    value = line.fields.get(key)
    if task_order == TaskOrder.PRIORITY and not _is_priority(value):
        text = _("must be a whole number from -%(most)s to %(most)s.")
        return manifest.LineRefused(line.number, key, value, text % {"most": MOST_PRIORITY})
    if task_order == TaskOrder.SEQUENCE and not _is_sequence(value):
        text = _(
            "must be a text of 1 to %(most)s characters or a whole number, the same for all objects of a sequence."
        )
        return manifest.LineRefused(line.number, key, value, text % {"most": MOST_SEQUENCE})
    return None


def _is_priority(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MOST_PRIORITY


def _is_sequence(value: Any) -> bool:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return isinstance(text, str) and 1 <= len(text) <= MOST_SEQUENCE


def _shuffled(seed: int, index: int) -> int:
    """A number of 63 bits that looks random, the same again for the same seed and line.

    Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", figure 14.
    """
    mixed = (seed * 0x2545F4914F6CDD1D + (index + 1) * 0x9E3779B97F4A7C15) & MASK
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & MASK
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & MASK
    return (mixed ^ mixed >> 31) >> 1
