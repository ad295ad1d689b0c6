"""Kinds of label. A further kind is one folder here, and nothing else.

A folder `kinds/<name>/` is a package whose `__init__.py` sets `KIND`, an object of a class that keeps the protocol
`Kind` (usually by subclassing `base.BaseKind` or `structured.StructuredKind`) and whose `name` is that of the folder.
It contains what is the kind's own:

- the codec: what a page sends → the value that is stored → the fields of the output manifest;
- `value_type`: how values are read from files, its methods (`methods_in` a package of `gtcrowd.consolidation`, or the
  folder itself, whose modules may define methods under the decorator), and its measures;
- `page-<medium>.liquid`: the worker's page for each medium;
- `elements/*.js`, if the page needs elements of its own: served to the worker's page under `kinds/<name>/…`;
- `geometry`: what dashboards and exports draw of a value.

Optional abilities are protocols of their own, asked for by `online`, `assets`, `check_object`, `compact` and `expand`.
Modules beside the folders are what kinds of one family share.
"""

from __future__ import annotations

import json
import pkgutil
from importlib import import_module
from typing import Any

from gtcrowd import language
from gtcrowd.kinds.kind import (
    AnswerColumns,
    AnswerRefused,
    Assets,
    CompactContent,
    Fault,
    Kind,
    Label,
    ManifestContext,
    ObjectChecks,
    OnlinePosteriors,
    PosteriorSummary,
    UnknownMedium,
    common_metadata,
    failure_fields,
)

__all__ = [
    "KINDS",
    "AnswerColumns",
    "AnswerRefused",
    "Assets",
    "CompactContent",
    "Fault",
    "Kind",
    "Label",
    "ManifestContext",
    "ObjectChecks",
    "OnlinePosteriors",
    "PosteriorSummary",
    "UnknownKind",
    "UnknownMedium",
    "assets",
    "common_metadata",
    "compact",
    "discover",
    "expand",
    "failure_fields",
    "kind",
    "online",
]


class UnknownKind(LookupError):
    """There is no such kind of label."""

    def __init__(self, name: str) -> None:
        text = language.gettext_lazy("%(name)s is not a kind of label. Choose one of: %(kinds)s.")
        super().__init__(language.gettext(text, name=repr(name), kinds=", ".join(KINDS)))


def discover() -> dict[str, Kind]:
    """Import every folder of this package and return their kinds by name, in the `order` of the kinds.

    Raises ValueError for a folder without a `KIND` of its name.
    """
    kinds: list[Kind] = []
    for folder in pkgutil.iter_modules(__path__):
        if not folder.ispkg:
            continue
        kind = getattr(import_module(f"{__name__}.{folder.name}"), "KIND", None)
        if kind is None or kind.name != folder.name:
            raise ValueError(f"{__name__}.{folder.name} must set KIND to a kind named {folder.name!r}; found {kind!r}")
        kinds.append(kind)
    return {kind.name: kind for kind in sorted(kinds, key=lambda kind: (kind.order, kind.name))}


KINDS: dict[str, Kind] = discover()


def kind(name: str) -> Kind:
    """Return the kind of this name. Raises UnknownKind."""
    try:
        return KINDS[name]
    except KeyError as error:
        raise UnknownKind(name) from error


def online(kind: Kind) -> OnlinePosteriors | None:
    """Return the kind if its posteriors can be updated answer by answer, else None."""
    return kind if isinstance(kind, OnlinePosteriors) else None


def assets(kind: Kind) -> Assets | None:
    """Return the kind if its labels have files, else None."""
    return kind if isinstance(kind, Assets) else None


def check_object(kind: Kind, value: Any, line: str) -> None:
    """Check a value against its object, a line of the manifest, for kinds that can. Raises AnswerRefused."""
    if isinstance(kind, ObjectChecks):
        kind.check_object(value, json.loads(line))


def compact(kind: Kind, content: dict[str, Any], value: Any) -> dict[str, Any]:
    """Return what is stored of the content of an answer: all of it, or what the value lacks, for kinds that say so."""
    return kind.compact(content, value) if isinstance(kind, CompactContent) else content


def expand(kind: Kind, content: dict[str, Any], value: Any) -> dict[str, Any]:
    """Return the stored content of an answer as the page sent it."""
    return kind.expand(content, value) if isinstance(kind, CompactContent) else content
