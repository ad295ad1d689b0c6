"""Find the answer in what a page sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gtcrowd import language, plain_text
from gtcrowd.kinds.kind import AnswerRefused

MAX_NAMED = 10


def element(content: object, *, names: Iterable[str], key: str, example: str) -> tuple[str, Mapping[Any, Any]]:
    """Return the name of the element that contains the answer, and what it sent: a mapping with `key`.

    names   elements of the kind's own pages. A requester's template may name the element differently and may have other
        fields: if exactly one field has `key`, it is the answer
    example   of what is expected, for the refusal

    Raises AnswerRefused.
    """
    if not isinstance(content, Mapping):
        raise AnswerRefused("answer", content, language.gettext("must be an object keyed by the element's name."))
    own = [name for name in names if name in content]
    candidates = [str(name) for name, value in content.items() if isinstance(value, Mapping) and key in value]
    name = own[0] if own else candidates[0] if len(candidates) == 1 else next(iter(names))
    fields = content.get(name)
    if not isinstance(fields, Mapping) or key not in fields:
        raise AnswerRefused(name, fields, language.gettext("must be an object such as %(example)s.", example=example))
    return name, fields


def first_of(categories: Sequence[str]) -> str:
    """Return the first categories and the number of the others, for a refusal."""
    more = len(categories) - MAX_NAMED
    names = ", ".join(categories[:MAX_NAMED])
    return language.gettext("%(names)s and %(count)s more", names=names, count=more) if more > 0 else names


def one_of(field: str, value: object, categories: Sequence[str]) -> str:
    """Return the category that the value names. Raises AnswerRefused."""
    category = category_of(value, categories)
    if category is None:
        raise AnswerRefused(field, value, language.gettext("must be one of: %(names)s.", names=first_of(categories)))
    return category


def is_address(value: object) -> bool:
    """Return whether a value is the address of a file."""
    return isinstance(value, str) and value.startswith(("s3://", "https://"))


def class_of(code: object, class_map: object, categories: Sequence[str]) -> str | None:
    """Return the category of a class code in a manifest; None if there is none.

    class_map   the names of codes in the label's metadata, where it has some; they count more than the order of the
        job's categories
    """
    if not isinstance(code, int) or isinstance(code, bool):
        return None
    if isinstance(class_map, Mapping) and class_map:
        return category_of(class_map.get(str(code)), categories)
    return categories[code] if 0 <= code < len(categories) else None


def category_of(value: object, categories: Sequence[str]) -> str | None:
    """Return the category that the value names, as it is or in the plain form of names; None if there is none."""
    if not isinstance(value, str):
        return None
    return next((name for name in (value, plain_text.name(value)) if name in categories), None)
