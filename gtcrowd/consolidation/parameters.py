"""Parameters of methods: their defaults and bounds, and the refusal of anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gtcrowd import language


class ParameterRefused(ValueError):
    """A method does not have this parameter, or cannot work with its value."""


@dataclass(frozen=True)
class Parameter:
    """A numeric parameter of a method: its default, its bounds (inclusive), and what it means."""

    default: float
    low: float
    high: float
    meaning: str

    @property
    def whole(self) -> bool:
        """Whether the parameter is an integer; the type of the default decides."""
        return isinstance(self.default, int)

    def check(self, name: str, value: object) -> None:
        """Raise ParameterRefused unless `value` is a number of the right type within the bounds."""
        number = isinstance(value, int if self.whole else int | float) and not isinstance(value, bool)
        if not (number and self.low <= value <= self.high):  # type: ignore[operator]  # `number` says it is one
            text = language.gettext_lazy("%(name)s is %(value)s; expected a number from %(low)s to %(high)s")
            if self.whole:
                text = language.gettext_lazy("%(name)s is %(value)s; expected a whole number from %(low)s to %(high)s")
            raise ParameterRefused(language.gettext(text, name=name, value=repr(value), low=self.low, high=self.high))


def check(method: str, parameters: Mapping[str, Parameter], values: Mapping[str, object]) -> None:
    """Raise ParameterRefused unless every value belongs to a parameter of the method and is within its bounds."""
    for name, value in values.items():
        if name not in parameters:
            text = language.gettext_lazy("%(method)s has no parameter %(name)s; it has: %(names)s")
            names = ", ".join(parameters) or language.gettext("none")
            raise ParameterRefused(language.gettext(text, method=method, name=repr(name), names=names))
        parameters[name].check(name, value)
