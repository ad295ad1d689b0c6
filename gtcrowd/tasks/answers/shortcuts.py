"""Which keys a person uses at a task: the usual ones, but where they have chosen others.

A key is written as it is pressed: `x`, `?`, `F2`, or with what is held: `Alt+i`, `Ctrl+Enter`. Letters are small.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gtcrowd.platform import sql
from gtcrowd.tasks.models import Shortcuts

USUAL: Mapping[str, str] = {
    "submit": "Ctrl+Enter", "instructions": "Alt+i", "guide": "Alt+g", "report": "Alt+m", "stop": "Alt+s",
    "return": "Alt+r", "decline": "Alt+d", "list": "?",
    **{f"category-{index}": key for index, key in enumerate("1234567890qwertyuiopasdfghjkl", 1)},
}  # fmt: skip
"""Of what is done on the page around the task, and of the places of categories."""
FORM = re.compile(r"F[1-9]|(?P<held>Alt\+|Ctrl\+|Shift\+)?(?P<last>Enter|\S)")
TOOLS = frozenset("[]+-=.nmbcxzvp ")
"""Single characters that the tools of some kind use, beside those of categories."""
BROWSERS = frozenset({"F1", "F3", "F5", "F6", "Enter"})
"""Keys that the browser keeps for itself, or that operate what has the focus; F1 always shows the list."""


class KeyRefused(Exception):
    """The key cannot be used for this; the text says why."""


def words() -> dict[str, str]:
    """What each name does, as the list of shortcuts says it."""
    named = {
        "submit": _("submit"),
        "instructions": _("show or hide the instructions"),
        "guide": _("show the tool guide"),
        "report": _("report a problem"),
        "stop": _("stop and resume later"),
        "return": _("return the task"),
        "decline": _("decline the task"),
        "list": _("this list"),
    }
    category_actions = [name for name in USUAL if name.startswith("category-")]
    return named | {name: _("category %(place)s") % {"place": name[9:]} for name in category_actions}


def of(user_id: int) -> dict[str, str]:
    """The keys in force for the person, by name."""
    chosen = Shortcuts.objects.filter(user=user_id).values_list("keys", flat=True).first() or {}
    return dict(USUAL) | {name: key for name, key in chosen.items() if name in USUAL}


def change(*, user_id: int, name: Any, key: Any) -> dict[str, str]:
    """Have `key` do what `name` stands for; returns the keys in force. Raises KeyRefused."""
    keys = of(user_id)
    if not isinstance(name, str) or name not in USUAL:
        raise KeyRefused(_("This shortcut does not exist."))
    key = _normalized(key)
    if key != USUAL[name]:
        _must_be_free(name, key)
    for other, used_key in keys.items():
        if used_key == key and other != name:
            params = {"key": label(key), "other": words()[other]}
            raise KeyRefused(_("%(key)s is already assigned to “%(other)s”. Choose another key.") % params)
    chosen = {action: chosen_key for action, chosen_key in (keys | {name: key}).items() if chosen_key != USUAL[action]}
    Shortcuts.objects.update_or_create(user_id=user_id, defaults={"keys": chosen})
    return keys | {name: key}


def reset(*, user_id: int) -> dict[str, str]:
    """Give every shortcut its usual key again."""
    Shortcuts.objects.filter(user=user_id).delete()
    return dict(USUAL)


def label(key: str) -> str:
    """The key as it stands on keyboards."""
    match = FORM.fullmatch(key)
    if not match or not match["last"]:
        return key
    last = match["last"].upper() if len(match["last"]) == 1 else match["last"]
    return f"{(match['held'] or '').replace('+', ' + ')}{last}"


def _normalized(key: Any) -> str:
    """The key as it is written. Raises KeyRefused."""
    match = FORM.fullmatch(key) if isinstance(key, str) and sql.storable(key) else None
    if not match:
        raise KeyRefused(_("Press a character, a function key, or Enter with Ctrl, Alt or Shift."))
    last = match["last"]
    return f"{match['held'] or ''}{last.lower()}" if last and len(last) == 1 else key


def _must_be_free(name: str, key: str) -> None:
    if name.startswith("category-") and len(key) != 1:
        raise KeyRefused(_("The key of a category must be a single character."))
    if key in BROWSERS or (key.startswith(("Ctrl+", "Shift+")) and not key.endswith("Enter")):
        raise KeyRefused(_("%(key)s is reserved by the browser. Choose another key.") % {"key": label(key)})
    if key in TOOLS:
        raise KeyRefused(_("%(key)s is used by the drawing tools. Choose another key.") % {"key": label(key)})
