"""Worker pages in Liquid, as in Ground Truth; everything that is not part of the template is escaped.

A template is not trusted: it has no loader and limited resources, and is shown in a sandboxed frame.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from liquid import BoundTemplate, DictLoader, Environment, Markup
from liquid.exceptions import LiquidError

from gtcrowd import language

__all__ = ["MAX_LENGTH", "LiquidError", "TemplateFault", "faults", "render"]

MAX_LENGTH = 128_000
FORM = re.compile(r"<crowd-form[\s>]", re.IGNORECASE)
GRANT = "__grant"
"""Name in the context of the function behind `grant_read_access`, which differs by job."""


@dataclass(frozen=True)
class TemplateFault:
    """A fault of a template and its line, from 1; 0 if it belongs to no line."""

    line: int
    problem: str


class _Bounded(Environment):
    loop_iteration_limit = 10_000
    local_namespace_limit = 1_000_000
    output_stream_limit = 5_000_000


class _GrantReadAccess:
    with_context = True

    def __call__(self, value: object, *, context: Any) -> str:
        granted: str = context.resolve(GRANT)(str(value))
        return granted


def render(text: str, *, task_input: Mapping[str, Any], grant: Callable[[str], str]) -> str:
    """Return the page of a task as HTML. Raises LiquidError if the template is wrong.

    grant   address of an object → an address that the worker's browser can read
    """
    return _parsed(text).render(task={"input": task_input}, **{GRANT: grant})


def faults(text: str) -> list[TemplateFault]:
    """Return the faults of a template that can be found without an object."""
    if len(text) > MAX_LENGTH:
        return [
            TemplateFault(
                0,
                language.gettext(
                    "must have at most %(most)s characters; it has %(length)s.",
                    most=f"{MAX_LENGTH:,}",
                    length=f"{len(text):,}",
                ),
            )
        ]
    try:
        _parsed(text)
    except LiquidError as error:
        return [fault_of(error, text)]
    if not FORM.search(text):
        return [TemplateFault(0, language.gettext("must have a <crowd-form>, whose fields are the answer."))]
    return []


def fault_of(error: LiquidError, text: str) -> TemplateFault:
    """Return an error of the template language as a fault of a line."""
    token = getattr(error, "token", None)
    start = getattr(token, "start_index", -1)
    line = text.count("\n", 0, start) + 1 if start >= 0 else 0
    return TemplateFault(line, f"{str(error.args[0]) if error.args else error}.")


@lru_cache(maxsize=64)
def _parsed(text: str) -> BoundTemplate:
    return ENVIRONMENT.from_string(text)


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _skip_autoescape(value: object) -> Markup:
    return Markup(str(value))


def _environment() -> Environment:
    environment = _Bounded(autoescape=True, loader=DictLoader({}))
    environment.filters["grant_read_access"] = _GrantReadAccess()
    environment.filters["to_json"] = _to_json
    environment.filters["skip_autoescape"] = _skip_autoescape
    return environment


ENVIRONMENT = _environment()
