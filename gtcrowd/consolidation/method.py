"""What all methods have in common, and how they are found.

A method is one file: a function under the decorator `categorical.method.method`, `categorical.method.sharded_method` or
`structured.method.method`. `methods_in` finds it in its package; there is no list to add it to.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

from gtcrowd.consolidation import parameters as declared
from gtcrowd.consolidation.parameters import Parameter


@dataclass(frozen=True)
class Method:
    """A method as people choose it: its name for programs, its title and summary for people, and its parameters.

    order   place in lists of methods, lowest first
    """

    name: str
    title: str
    summary: str
    parameters: Mapping[str, Parameter]
    order: int

    def check(self, parameters: Mapping[str, Any]) -> None:
        """Raise ParameterRefused unless the method has all these parameters and each value is within its bounds."""
        declared.check(self.name, self.parameters, parameters)

    def with_defaults(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of all parameters, defaults included. Raises ParameterRefused."""
        self.check(parameters)
        return {name: parameters.get(name, parameter.default) for name, parameter in self.parameters.items()}


M = TypeVar("M", bound=Method)


def methods_in(package: ModuleType, method_type: type[M]) -> dict[str, M]:
    """Import the modules of a package and return the methods they define, by name, in their `order`.

    Raises ValueError if two methods have the same name.
    """
    names = [module.name for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")]
    modules = [package, *map(import_module, names)]
    methods = list({id(item): item for module in modules for item in vars(module).values()}.values())
    by_name: dict[str, M] = {}
    for method in sorted(
        (item for item in methods if isinstance(item, method_type)), key=lambda item: (item.order, item.name)
    ):
        if method.name in by_name:
            raise ValueError(f"{package.__name__} has two methods named {method.name!r}; rename one of them")
        by_name[method.name] = method
    return by_name
