"""What a method can be told, and the refusal of anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gtcrowd import language


class ParameterRefused(ValueError):
    """A method was given a parameter that it does not have, or a value it cannot work with."""


@dataclass(frozen=True)
class Parameter:
    """A number that a method can be told: its default, its bounds (both allowed), and what it means."""

    default: float
    low: float
    high: float
    meaning: str

    @property
    def whole(self) -> bool:
        """Whether only whole numbers will do; the default shows it by its type."""
        return isinstance(self.default, int)

    def check(self, name: str, value: object) -> None:
        """Raise `ParameterRefused` unless the value is a number of the right sort within the bounds."""
        number = isinstance(value, int if self.whole else int | float) and not isinstance(value, bool)
        if not (number and self.low <= value <= self.high):  # type: ignore[operator]  # `number` says it is one
            text = language.later("%(name)s is %(value)s; expected a number from %(low)s to %(high)s")
            if self.whole:
                text = language.later("%(name)s is %(value)s; expected a whole number from %(low)s to %(high)s")
            facts = {"name": name, "value": repr(value), "low": self.low, "high": self.high}
            raise ParameterRefused(language.say(text, **facts))


def check(method: str, declared: Mapping[str, Parameter], given: Mapping[str, object]) -> None:
    """Raise `ParameterRefused` unless all that was given is declared and within its bounds."""
    for name, value in given.items():
        if name not in declared:
            text = language.later("%(method)s has no parameter %(name)s; it has: %(known)s")
            known = ", ".join(declared) or language.say("none")
            raise ParameterRefused(language.say(text, method=method, name=repr(name), known=known))
        declared[name].check(name, value)
