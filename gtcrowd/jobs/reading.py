"""Read fields one after the other, and remember every fault: what each may be, whatever gives it.

Values come from a form, a program or a file: numbers may be texts, and what is absent may be empty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a request: the field, what was given, and what would be right."""

    field: str
    value: object
    problem: str


class JobRefused(Exception):
    """The request has faults; nothing was created."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{fault.field}: {fault.problem}" for fault in faults))


class Reading:
    """Reads field after field and remembers what was wrong; after a fault the value does not matter."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given
        self.faults: list[Fault] = []

    def fault(self, name: str, problem: str) -> None:
        self.faults.append(Fault(name, self.given.get(name), problem))

    def refuse_unknown(self, fields: Sequence[str]) -> None:
        for name in self.given:
            if name not in fields:
                self.fault(
                    name,
                    _("is not a field of a job; the fields are %(fields)s.") % {"fields": ", ".join(fields)},
                )

    def absent(self, name: str) -> bool:
        return self.given.get(name) in (None, "")

    def text(self, name: str, least: int, most: int) -> str:
        value = self.given.get(name)
        if isinstance(value, str) and least <= len(value.strip()) <= most:
            return value.strip()
        self.fault(name, _("must be a text of %(least)s to %(most)s characters.") % {"least": least, "most": most})
        return ""

    def whole(
        self, name: str, least: int, most: int, *, default: int | None = None, optional: bool = False
    ) -> int | None:
        value = self.given.get(name)
        if self.absent(name) and (optional or default is not None):
            return default
        try:
            number = int(value) if not isinstance(value, bool | float) else None  # type: ignore[arg-type]
        except (TypeError, ValueError):
            number = None
        if number is None or not least <= number <= most:
            self.fault(name, _("must be a whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
            return default
        return number

    def one_of(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = default if self.absent(name) else self.given.get(name)
        if value in allowed:
            return str(value)
        self.fault(name, _("must be one of: %(allowed)s.") % {"allowed": ", ".join(allowed)})
        return ""

    def yes_or_no(self, name: str, *, default: bool) -> bool:
        value = default if self.absent(name) else self.given[name]
        if isinstance(value, bool):
            return value
        if str(value).lower() in ("true", "yes", "on", "1", "false", "no", "off", "0"):
            return str(value).lower() in ("true", "yes", "on", "1")
        self.fault(name, _("must be true or false."))
        return default

    def share(self, name: str) -> float | None:
        value = self.given.get(name)
        if self.absent(name):
            return None
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            number = -1.0
        if isinstance(value, bool) or not 0.0001 <= number <= 0.5:
            self.fault(name, _("must be a number from 0.0001 to 0.5, such as 0.05 for 5 %."))
            return None
        return number

    def numbers(self, name: str, bounds: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
        """A mapping of numbers, each within its bounds; what is absent is not limited."""
        value = self.given.get(name) or {}
        if not isinstance(value, Mapping):
            self.fault(name, _("must be a mapping with %(names)s.") % {"names": ", ".join(bounds)})
            return {}
        found: dict[str, Any] = {}
        for part, given in value.items():
            if given in (None, ""):
                continue
            read = number(given)
            least, most = bounds.get(part, (0, -1))
            if read is None or not least <= read <= most:
                known = _("must be a number from %(least)s to %(most)s.") % {"least": least, "most": most}
                unknown = _("is not one of %(names)s.") % {"names": ", ".join(bounds)}
                self.faults.append(Fault(f"{name}.{part}", given, known if part in bounds else unknown))
                continue
            found[part] = read
        return found

    def names(self, name: str) -> list[str]:
        value = self.given.get(name) or []
        if isinstance(value, list) and all(isinstance(one, str) for one in value) and len(value) <= 100:
            return list(dict.fromkeys(value))
        self.fault(name, _("must be a list of at most 100 names."))
        return []


def number(given: object) -> int | float | None:
    if isinstance(given, bool):
        return None
    try:
        number = float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    if number != number:  # noqa: PLR0124 - NaN is no number
        return None
    return int(number) if number.is_integer() else number
