"""One kind of value: how it is read and written, its methods, and how a concluded value compares with a true one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gtcrowd.consolidation.values.method import ValueMethod

T = TypeVar("T")


@dataclass(frozen=True)
class Form(Generic[T]):
    """A kind of value.

    read      the value of one cell of a file; raises `ValueRefused` saying what would be right
    write     the cell of a value; `read(write(value))` is that value again
    methods   by name; `default` is the one to take without a reason for another
    measure   of concluded against true values (parallel; None where nothing was concluded): figures by name, the
              first of them the main one; `higher` names those of which more is better, of the others less is
    """

    name: str
    read: Callable[[str], T]
    write: Callable[[T], str]
    methods: Mapping[str, ValueMethod[T]]
    default: str
    measure: Callable[[Sequence[T | None], Sequence[T]], Mapping[str, float]]
    higher: frozenset[str]
