"""The catalogues have every sentence, in every language, with all that is in it."""

import ast
import gettext
import os
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from gtcrowd import kinds, language

LOCALE = settings.LOCALE_PATHS[0]
ROOT = Path(__file__).parents[2]
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
FIXED = re.compile(r"%\(\w+\)s|%%|\{\w+\}|</?\w[^>]*>")
"""Placeholders and tags: what a translation must have just as the sentence has it."""


def catalogue(code: str, root: Path = LOCALE) -> Catalog:
    with (root / code / "LC_MESSAGES" / "django.po").open("rb") as file:
        return pofile.read_po(file, locale=code)


def sentences(found: Catalog) -> list[Message]:
    return [message for message in found if message.id]


def said(message: Message) -> str:
    return message.string if isinstance(message.string, str) else message.string[0]


def singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def named(message: Message) -> tuple[str | None, str]:
    return message.context, singular(message)


def told(problem: str, which: set[tuple[str | None, str]]) -> str:
    return "\n  ".join([f"{problem}:", *sorted(text for _context, text in which)])


@pytest.fixture
def gathered(tmp_path, settings, capsys):
    """The catalogues as `make messages` would make them now."""
    if not shutil.which("xgettext"):
        if os.environ.get("CI"):
            pytest.fail("xgettext is missing; install gettext")
        pytest.skip("xgettext is missing; install gettext")
    shutil.copytree(LOCALE, tmp_path / "locale")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    call_command("messages")
    return tmp_path / "locale"


def test_catalogue_has_exactly_the_source_texts(gathered):
    for code in LANGUAGES:
        now, kept = ({named(one) for one in sentences(catalogue(code, root))} for root in (gathered, LOCALE))

        assert not now - kept, told(f"not yet in {code}; run make messages, then translate", now - kept)
        assert not kept - now, told(f"in {code}, but no longer said; run make messages", kept - now)


def test_no_text_in_f_strings():
    """xgettext does not look into f-strings, so such a sentence would be in no catalogue."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for room in ("gtcrowd", "dashboards")
        for path in sorted((ROOT / room).rglob("*.py"))
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id in ("_", "gettext", "ngettext", "pgettext")
    ]

    assert hidden == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_sentence_is_translated(code):
    found = catalogue(code)

    assert [singular(one) for one in sentences(found) if not said(one).strip()] == []
    assert [singular(one) for one in sentences(found) if one.fuzzy] == []
    assert list(found.obsolete) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_translations_keep_placeholders(code):
    def fixed(text: str) -> Counter[str]:
        return Counter(FIXED.findall(text))

    for one in sentences(catalogue(code)):
        assert fixed(said(one)) == fixed(singular(one)), singular(one)
        assert said(one).count("\n") == singular(one).count("\n"), singular(one)
        assert said(one) == said(one).strip(), singular(one)


@pytest.mark.parametrize("code", LANGUAGES)
def test_compiled_catalogues_say_the_same(code):
    with (LOCALE / code / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    assert compiled.info()["language"] == code
    for one in sentences(catalogue(code)):
        if isinstance(one.id, str):
            assert compiled.gettext(one.id) == said(one), "run make messages"
        else:
            assert compiled.ngettext(*one.id, 1) == compiled.ngettext(*one.id, 2) == said(one), "run make messages"


def test_languages_use_own_names():
    own = {code: translation.get_language_info(code)["name_local"] for code, _name in settings.LANGUAGES}

    assert own == dict(settings.LANGUAGES)


def test_kinds_and_methods_have_translatable_titles():
    known = {singular(one) for one in sentences(catalogue(LANGUAGES[0]))}
    shown = {kind.title for kind in kinds.KINDS.values()}
    for kind in kinds.KINDS.values():
        shown |= {text for method in kind.methods.values() for text in (method.title, method.summary)}

    assert shown - known == set()


def test_pure_rooms_use_readers_language():
    with translation.override("ko"), pytest.raises(kinds.AnswerRefused) as refused:
        kinds.kind("number").read_answer({"number": "many"}, [])

    assert str(refused.value) == "number: 3이나 0.5 같은 숫자여야 합니다. 받은 값: 'many'"


def test_lazy_texts_are_stored_in_english():
    with translation.override("ja"):
        assert language.gettext_lazy("Number") == kinds.kind("number").title == "Number"
        assert language.gettext("Number") == "数値"
