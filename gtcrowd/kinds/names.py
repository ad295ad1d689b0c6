"""The rules for names that a requester gives: the label's attribute, and the categories."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from gtcrowd import language
from gtcrowd.kinds.kind import Fault

ATTRIBUTE = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,126}")
MOST_ATTRIBUTE_CHARACTERS = 127
RESERVED = ("source", "source-ref")
MOST_CATEGORY_CHARACTERS = 256
# Control characters, line separators, and halves of surrogate pairs: none can be shown, some cannot be stored.
UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})


def check_attribute_name(name: object, *, ref: bool) -> list[Fault]:
    """What is wrong with a label attribute name.

    `ref`: whether the label of this kind is a file that the line refers to; its name must end in -ref then, and
    must not otherwise.
    """
    if not isinstance(name, str) or len(name) > MOST_ATTRIBUTE_CHARACTERS or not ATTRIBUTE.fullmatch(name):
        shape = language.say(
            "must be 1 to 127 letters a-z, A-Z, digits or hyphens, beginning and ending with a letter or digit."
        )
        return [Fault(name, shape)]
    if name in RESERVED or name.endswith("-metadata"):
        return [Fault(name, language.say("must not be source or source-ref, nor end in -metadata."))]
    if name.endswith("-ref") != ref:
        if ref:
            return [Fault(name, language.say("must end in -ref for this kind of label."))]
        return [Fault(name, language.say("must not end in -ref for this kind of label."))]
    return []


def check_categories(categories: Sequence[object], *, least: int, most: int | None = None) -> list[Fault]:
    """What is wrong with label categories; there must be from `least` to `most`, or as many as one likes."""
    faults = [Fault(one, problem) for one in categories if (problem := _category_problem(one))]
    named = Counter(one for one in categories if isinstance(one, str))
    faults += [Fault(one, language.say("must stand once only.")) for one, times in named.items() if times > 1]
    if len(categories) < least:
        faults.append(Fault(list(categories), language.say("must be at least %(least)s.", least=least)))
    if most is not None and len(categories) > most:
        faults.append(
            Fault(
                language.say("%(count)s categories", count=len(categories)),
                language.say("must be at most %(most)s.", most=most),
            )
        )
    return faults


def _category_problem(one: object) -> str:
    if not isinstance(one, str) or not one.strip() or len(one) > MOST_CATEGORY_CHARACTERS:
        return language.say("must be a text of 1 to %(most)s characters.", most=MOST_CATEGORY_CHARACTERS)
    if any(unicodedata.category(character) in UNFIT for character in one):
        return language.say("must not have line breaks or other control characters.")
    return ""
