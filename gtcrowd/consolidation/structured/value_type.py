"""A type of value: how it is read and written, its methods, and how labels compare with the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gtcrowd.consolidation.structured.method import StructuredMethod

T = TypeVar("T")


@dataclass(frozen=True)
class ValueType(Generic[T]):
    """A type of value.

    read      text of a field of a CSV or Parquet file → value; raises ValueRefused, which says what is expected
    write     value → text; `read(write(value))` is that value again
    methods   by name; `default_method` is the one to use unless there is a reason for another
    measure   (labels, truths), parallel and None where there is no label → figures by name, the main one first
    higher_is_better   names of the figures of which more is better; of the others less is
    """

    read: Callable[[str], T]
    write: Callable[[T], str]
    methods: Mapping[str, StructuredMethod[T]]
    default_method: str
    measure: Callable[[Sequence[T | None], Sequence[T]], Mapping[str, float]]
    higher_is_better: frozenset[str]
