"""Worker pages in Liquid, as in Ground Truth; everything that is not part of the template is escaped.

A template is not trusted: it has no loader and limited resources, and is shown in a sandboxed frame.

Two rules of output differ from plain Liquid. Lists and objects are written as JSON, which public templates of Ground
Truth rely on. And a carriage return is written as a character reference: an HTML parser turns a bare one into a line
feed, so that offsets in the text of the page would not be offsets in the text of the manifest (HTML, "Preprocessing the
input stream").
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TextIO

from liquid import BoundTemplate, DictLoader, Environment, Markup
from liquid.builtin.output import Output, OutputNode
from liquid.context import RenderContext
from liquid.exceptions import LiquidError
from liquid.stringify import to_liquid_string

from gtcrowd import language
from gtcrowd.kinds import element_names

__all__ = ["MAX_LENGTH", "LiquidError", "TemplateFault", "faults", "render"]

MAX_LENGTH = 128_000
FORM = re.compile(r"<crowd-form[\s>]", re.IGNORECASE)
OWN_FORM = re.compile(r"<crowd-entity-annotation[\s>]", re.IGNORECASE)
"""Elements that are a form by themselves, as in Ground Truth: a template of such an element needs none."""
TAG = re.compile(r"<(crowd-[a-z0-9-]+)(?=[\s/>])", re.IGNORECASE)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
CARRIAGE_RETURN = "&#13;"
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
    page = _parsed(text).render(task={"input": task_input}, **{GRANT: grant})
    return page if FORM.search(page) or not OWN_FORM.search(page) else f"<crowd-form>{page}</crowd-form>"


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
        template = _parsed(text)
    except LiquidError as error:
        return [fault_of(error, text)]
    unknown = [*_unknown_filters(template, text), *_unknown_elements(text)]
    if unknown:
        return sorted(unknown, key=lambda fault: fault.line)
    if not FORM.search(text) and not OWN_FORM.search(text):
        return [TemplateFault(0, language.gettext("must have a <crowd-form>, whose fields are the answer."))]
    return []


def _unknown_filters(template: BoundTemplate, text: str) -> list[TemplateFault]:
    problem = language.gettext("there is no filter %(name)s.")
    return [
        TemplateFault(_line(text, span.index), problem % {"name": name})
        for name, spans in template.analyze(include_partials=False).filters.items()
        if name not in ENVIRONMENT.filters
        for span in spans
    ]


def _unknown_elements(text: str) -> list[TemplateFault]:
    """Return the tags of Ground Truth's form that no element has: a browser would show nothing for them."""
    names = element_names.names()
    problem = language.gettext("there is no element <%(name)s>.")
    return [
        TemplateFault(_line(text, match.start()), problem % {"name": match[1]})
        for match in TAG.finditer(COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), text))
        if match[1].lower() not in names
    ]


def fault_of(error: LiquidError, text: str) -> TemplateFault:
    """Return an error of the template language as a fault of a line."""
    token = getattr(error, "token", None)
    start = getattr(token, "start_index", -1)
    line = _line(text, start) if start >= 0 else 0
    return TemplateFault(line, f"{str(error.args[0]) if error.args else error}.")


def _line(text: str, start: int) -> int:
    return text.count("\n", 0, start) + 1


@lru_cache(maxsize=64)
def _parsed(text: str) -> BoundTemplate:
    return ENVIRONMENT.from_string(text)


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


class _Verbatim(Markup):
    """HTML, or a part of a script, that is written as it is."""


def _skip_autoescape(value: object) -> _Verbatim:
    return _Verbatim(_text(value))


def _text(value: object) -> str:
    return _to_json(value) if isinstance(value, list | dict) else to_liquid_string(value, autoescape=False)


class _OutputNode(OutputNode):
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return buffer.write(self._written(self.expression.evaluate(context), context))

    @staticmethod
    def _written(value: object, context: RenderContext) -> str:
        if isinstance(value, _Verbatim):
            return str(value)
        text = _text(value) if isinstance(value, list | dict) else value
        return str(to_liquid_string(text, context.autoescape)).replace("\r", CARRIAGE_RETURN)


class _Output(Output):
    node_class = _OutputNode


def _environment() -> Environment:
    environment = _Bounded(autoescape=True, loader=DictLoader({}))
    environment.filters["grant_read_access"] = _GrantReadAccess()
    environment.add_tag(_Output)
    for name in ("to_json", "json", "jsonify"):
        environment.filters[name] = _to_json
    environment.filters["skip_autoescape"] = _skip_autoescape
    return environment


ENVIRONMENT = _environment()
