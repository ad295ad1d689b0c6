"""Read fields one after the other and remember every fault, whatever the values come from.

Values come from a form, a program or a file: numbers may be texts, and an absent value may be empty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gtcrowd import plain_text

MAX_NAMES = 100


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a request: the field, the value given, and what would be right."""

    field: str
    value: object
    problem: str


class JobRefused(Exception):
    """The request has faults; nothing was created."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{fault.field}: {fault.problem}" for fault in faults))


class Reader:
    """Read fields of `values` and collect faults; after a fault the value returned does not matter."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.faults: list[Fault] = []

    def fault(self, name: str, problem: str) -> None:
        """Record what is wrong with the value of the field `name`."""
        self.faults.append(Fault(name, self.values.get(name), problem))

    def refuse_unknown(self, names: Sequence[str]) -> None:
        """Record a fault for each value whose field is not in `names`."""
        for name in self.values:
            if name not in names:
                self.fault(name, _("is not a field of a job. Fields: %(fields)s.") % {"fields": ", ".join(names)})

    def absent(self, name: str) -> bool:
        return self.values.get(name) in (None, "")

    def text(self, name: str, minimum: int, maximum: int) -> str:
        """Return the text without surrounding space, of `minimum` to `maximum` characters."""
        value = self.values.get(name)
        if isinstance(value, str) and minimum <= len(value.strip()) <= maximum:
            return value.strip()
        bounds = {"minimum": minimum, "maximum": maximum}
        self.fault(name, _("must be text of %(minimum)s to %(maximum)s characters.") % bounds)
        return ""

    def name(self, name: str, minimum: int, maximum: int) -> str:
        """Return the text in the plain form of names, of `minimum` to `maximum` characters that people can see."""
        value = self.values.get(name)
        text = plain_text.name(value) if isinstance(value, str) else ""
        if minimum <= len(text) <= maximum and not plain_text.has_control_characters(text):
            return text
        bounds = {"minimum": minimum, "maximum": maximum}
        self.fault(name, _("must be text of %(minimum)s to %(maximum)s visible characters.") % bounds)
        return ""

    def whole(
        self, name: str, minimum: int, maximum: int, *, default: int | None = None, optional: bool = False
    ) -> int | None:
        """Return a whole number from `minimum` to `maximum`, or `default` if it is absent and may be."""
        value = self.values.get(name)
        if self.absent(name) and (optional or default is not None):
            return default
        number = plain_text.whole(value)
        if number is None or not minimum <= number <= maximum:
            bounds = {"minimum": minimum, "maximum": maximum}
            self.fault(
                name,
                _("must be a whole number from %(minimum)s to %(maximum)s in the digits 0 to 9, such as %(minimum)s.")
                % bounds,
            )
            return default
        return number

    def one_of(self, name: str, allowed: Sequence[str], default: str | None = None) -> str:
        value = default if self.absent(name) else self.values.get(name)
        if value in allowed:
            return str(value)
        self.fault(name, _("must be one of: %(allowed)s.") % {"allowed": ", ".join(allowed)})
        return ""

    def flag(self, name: str, *, default: bool) -> bool:
        value = default if self.absent(name) else self.values[name]
        if isinstance(value, bool):
            return value
        if str(value).lower() in ("true", "yes", "on", "1", "false", "no", "off", "0"):
            return str(value).lower() in ("true", "yes", "on", "1")
        self.fault(name, _("must be true or false."))
        return default

    def share(self, name: str, minimum: float, maximum: float) -> float | None:
        """Return a share from `minimum` to `maximum`, or None if it is absent."""
        if self.absent(name):
            return None
        number = plain_text.number(self.values.get(name))
        if number is None or not minimum <= number <= maximum:
            text = _("must be a number from %(minimum)s to %(maximum)s, such as 0.05 for 5 %%.")
            self.fault(name, text % {"minimum": f"{minimum:g}", "maximum": f"{maximum:g}"})
            return None
        return float(number)

    def numbers(self, name: str, bounds: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
        """Return a mapping of numbers, each within its bounds; absent parts are left out."""
        value = self.values.get(name) or {}
        if not isinstance(value, Mapping):
            self.fault(name, _("must be a mapping with %(names)s.") % {"names": ", ".join(bounds)})
            return {}
        numbers: dict[str, Any] = {}
        for part, part_value in value.items():
            if part_value in (None, ""):
                continue
            number = self._part(name, part, part_value, bounds)
            if number is not None:
                numbers[part] = number
        return numbers

    def _part(
        self, name: str, part: str, value: object, bounds: Mapping[str, tuple[float, float]]
    ) -> int | float | None:
        if part not in bounds:
            problem = _("is not one of %(names)s.") % {"names": ", ".join(bounds)}
            self.faults.append(Fault(f"{name}.{part}", value, problem))
            return None
        minimum, maximum = bounds[part]
        number = plain_text.number(value)
        if number is None or not minimum <= number <= maximum:
            problem = _("must be a number from %(minimum)s to %(maximum)s.") % {"minimum": minimum, "maximum": maximum}
            self.faults.append(Fault(f"{name}.{part}", value, problem))
            return None
        return number

    def names(self, name: str) -> list[str]:
        """Return a list of distinct names in the order given."""
        value = self.values.get(name) or []
        if isinstance(value, list) and all(isinstance(item, str) for item in value) and len(value) <= MAX_NAMES:
            return list(dict.fromkeys(plain_text.name(item) for item in value))
        self.fault(name, _("must be a list of at most %(maximum)s names.") % {"maximum": MAX_NAMES})
        return []
