"""A person's own keys."""

import pytest

from gtcrowd.tasks.answers import shortcuts
from gtcrowd.tasks.models import Shortcuts

pytestmark = pytest.mark.django_db


@pytest.fixture
def cleo(hire):
    return hire("cleo").user_id


def test_has_default_shortcuts(cleo):
    assert shortcuts.of(cleo)["submit"] == "Ctrl+Enter"
    assert shortcuts.change(user_id=cleo, name="submit", key="Alt+Z")["submit"] == "Alt+z"
    assert shortcuts.of(cleo)["submit"] == "Alt+z"

    assert shortcuts.reset(user_id=cleo) == dict(shortcuts.USUAL) == shortcuts.of(cleo)


def test_stores_only_changed_shortcuts(cleo):
    shortcuts.change(user_id=cleo, name="category-1", key="ö")
    shortcuts.change(user_id=cleo, name="return", key="F8")
    shortcuts.change(user_id=cleo, name="return", key="Alt+r")

    assert Shortcuts.objects.get().keys == {"category-1": "ö"}


def test_swaps_two_shortcuts(cleo):
    shortcuts.change(user_id=cleo, name="category-1", key="ß")
    shortcuts.change(user_id=cleo, name="category-2", key="1")

    assert shortcuts.change(user_id=cleo, name="category-1", key="2")["category-1"] == "2"


@pytest.mark.parametrize(
    ("name", "key", "problem"),
    [
        ("submit", "Alt+r", "Alt + R is already assigned to “return the task”."),
        ("category-1", "2", "2 is already assigned to “category 2”."),
        ("list", "Q", "Q is already assigned to “category 11”."),
        ("submit", "n", "N is used by the drawing tools."),
        ("return", "F5", "F5 is reserved by the browser."),
        ("return", "Ctrl+w", "Ctrl + W is reserved by the browser."),
        ("submit", "Enter", "Enter is reserved by the browser."),
        ("category-1", "Alt+1", "The key of a category must be a single character"),
        ("category-1", "F2", "The key of a category must be a single character"),
        ("return", "Escape", "Press a character"),
        ("return", "\0", "Press a character"),
        ("return", "\ud800", "Press a character"),
        ("return", 7, "Press a character"),
        ("fly", "x", "This shortcut does not exist."),
        ([], "x", "This shortcut does not exist."),
    ],
)
def test_refuses_invalid_shortcuts(cleo, name, key, problem):
    with pytest.raises(shortcuts.KeyRefused) as refused:
        shortcuts.change(user_id=cleo, name=name, key=key)

    assert problem in str(refused.value)
    assert shortcuts.of(cleo) == dict(shortcuts.USUAL)


def test_every_shortcut_has_a_label():
    assert list(shortcuts.words()) == list(shortcuts.USUAL)
