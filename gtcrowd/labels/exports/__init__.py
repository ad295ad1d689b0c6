"""Export formats: every form in which labels leave the service, one module each.

Import this package and use `EXPORTS`, `get` and `of_job`; REST, console and shell offer whatever is registered.
"""

import pkgutil
from importlib import import_module

from gtcrowd.labels.exports.registry import EXPORTS, Export, UnknownExport, export, get, of_job

__all__ = ["EXPORTS", "Export", "UnknownExport", "export", "get", "of_job"]

for _module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
    import_module(f"{__name__}.{_module.name}")
