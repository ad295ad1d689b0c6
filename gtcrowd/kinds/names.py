"""Rules for the names that a requester gives: the label attribute and the categories."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from gtcrowd import language, plain_text
from gtcrowd.kinds.kind import Fault

ATTRIBUTE = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,126}")
MAX_ATTRIBUTE_LENGTH = 127
RESERVED = ("source", "source-ref")
MAX_CATEGORY_LENGTH = 256
# Control characters, line separators and surrogates: none can be shown, some cannot be stored.
UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def check_attribute_name(name: object, *, is_reference: bool) -> list[Fault]:
    """Return the faults of a label attribute name.

    is_reference   whether the label is the address of a file: the name must then end in -ref, and must not otherwise
    """
    if not isinstance(name, str) or len(name) > MAX_ATTRIBUTE_LENGTH or not ATTRIBUTE.fullmatch(name):
        problem = language.gettext(
            "must be 1 to 127 letters a-z, A-Z, digits or hyphens, and must start and end with a letter or digit."
        )
        return [Fault(name, problem)]
    if name in RESERVED or name.endswith("-metadata"):
        return [Fault(name, language.gettext("must not be source or source-ref, nor end in -metadata."))]
    if is_reference and not name.endswith("-ref"):
        return [Fault(name, language.gettext("must end in -ref for this task type."))]
    if not is_reference and name.endswith("-ref"):
        return [Fault(name, language.gettext("must not end in -ref for this task type."))]
    return []


def check_categories(categories: Sequence[object], *, minimum: int, maximum: int | None = None) -> list[Fault]:
    """Return the faults of label categories; there must be `minimum` to `maximum`, without an upper bound if None."""
    faults = [Fault(category, problem) for category in categories if (problem := _category_problem(category))]
    counts = Counter(plain_text.name(category) or category for category in categories if isinstance(category, str))
    faults += [
        Fault(category, language.gettext("is listed twice. Remove one of them."))
        for category, count in counts.items()
        if count > 1
    ]
    if len(categories) < minimum:
        faults.append(
            Fault(list(categories), language.gettext("at least %(minimum)s categories are needed.", minimum=minimum))
        )
    if maximum is not None and len(categories) > maximum:
        faults.append(
            Fault(
                language.gettext("%(count)s categories", count=len(categories)),
                language.gettext("at most %(maximum)s categories are allowed.", maximum=maximum),
            )
        )
    return faults


def _category_problem(category: object) -> str:
    if not isinstance(category, str) or not plain_text.name(category) or len(category) > MAX_CATEGORY_LENGTH:
        return language.gettext("must be a text of 1 to %(maximum)s visible characters.", maximum=MAX_CATEGORY_LENGTH)
    if any(unicodedata.category(character) in UNPRINTABLE for character in category):
        return language.gettext("must not have line breaks or other control characters.")
    return ""
