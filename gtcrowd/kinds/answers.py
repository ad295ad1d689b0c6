"""Find an answer in what a page sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gtcrowd import language
from gtcrowd.kinds.kind import AnswerRefused

NAMED_AT_MOST = 10


def element(content: object, *, names: Iterable[str], key: str, example: str) -> tuple[str, Mapping[Any, Any]]:
    """Name of the element that carries the answer, and what it sent: a mapping that has `key`.

    `names`: the elements of the kind's own pages. A requester's own template may name the element otherwise, and may
    have further fields; what looks like an answer is one, as long as there is only one. Raises AnswerRefused.
    """
    if not isinstance(content, Mapping):
        raise AnswerRefused("answer", content, language.say("must be an object keyed by the element's name."))
    own = [name for name in names if name in content]
    alike = [str(name) for name, value in content.items() if isinstance(value, Mapping) and key in value]
    name = own[0] if own else alike[0] if len(alike) == 1 else next(iter(names))
    sent = content.get(name)
    if not isinstance(sent, Mapping) or key not in sent:
        raise AnswerRefused(name, sent, language.say("must be an object such as %(example)s.", example=example))
    return name, sent


def some(categories: Sequence[str]) -> str:
    """The first few of the categories, to be named in a refusal."""
    more = len(categories) - NAMED_AT_MOST
    named = ", ".join(categories[:NAMED_AT_MOST])
    return language.say("%(names)s and %(count)s more", names=named, count=more) if more > 0 else named
