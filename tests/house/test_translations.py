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


def sentences(result: Catalog) -> list[Message]:
    return [message for message in result if message.id]


def translated(message: Message) -> str:
    return message.string if isinstance(message.string, str) else message.string[0]


def singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def named(message: Message) -> tuple[str | None, str]:
    return message.context, singular(message)


def explained(problem: str, which: set[tuple[str | None, str]]) -> str:
    return "\n  ".join([f"{problem}:", *sorted(text for _context, text in which)])


@pytest.fixture
def gathered(tmp_path, settings, capsys, monkeypatch):
    """The catalogues as `make messages` would make them now.

    Of a copy: makemessages writes files beside the templates, which other tests would read at this moment.
    """
    if not shutil.which("xgettext"):
        if os.environ.get("CI"):
            pytest.fail("xgettext is missing; install gettext")
        pytest.skip("xgettext is missing; install gettext")
    for room in ("gtcrowd", "dashboards"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    locale = tmp_path / LOCALE.relative_to(ROOT)
    settings.LOCALE_PATHS = [locale]
    monkeypatch.chdir(tmp_path)
    call_command("messages")
    return locale


def test_catalogue_has_exactly_the_source_texts(gathered):
    for code in LANGUAGES:
        now, stored = (
            {named(sentence) for sentence in sentences(catalogue(code, root))} for root in (gathered, LOCALE)
        )

        assert not now - stored, explained(f"not yet in {code}; run make messages, then translate", now - stored)
        assert not stored - now, explained(f"in {code}, but no longer said; run make messages", stored - now)


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
    result = catalogue(code)

    assert [singular(sentence) for sentence in sentences(result) if not translated(sentence).strip()] == []
    assert [singular(sentence) for sentence in sentences(result) if sentence.fuzzy] == []
    assert list(result.obsolete) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_translations_keep_placeholders(code):
    def fixed(text: str) -> Counter[str]:
        return Counter(FIXED.findall(text))

    for sentence in sentences(catalogue(code)):
        assert fixed(translated(sentence)) == fixed(singular(sentence)), singular(sentence)
        assert translated(sentence).count("\n") == singular(sentence).count("\n"), singular(sentence)
        assert translated(sentence) == translated(sentence).strip(), singular(sentence)


@pytest.mark.parametrize("code", LANGUAGES)
def test_compiled_catalogues_say_the_same(code):
    with (LOCALE / code / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    assert compiled.info()["language"] == code
    for sentence in sentences(catalogue(code)):
        if isinstance(sentence.id, str):
            assert compiled.gettext(sentence.id) == translated(sentence), "run make messages"
        else:
            assert compiled.ngettext(*sentence.id, 1) == compiled.ngettext(*sentence.id, 2) == translated(sentence), (
                "run make messages"
            )


def test_languages_use_own_names():
    own = {code: translation.get_language_info(code)["name_local"] for code, _name in settings.LANGUAGES}

    assert own == dict(settings.LANGUAGES)


def test_kinds_and_methods_have_translatable_titles():
    gold = {singular(sentence) for sentence in sentences(catalogue(LANGUAGES[0]))}
    page = {kind.title for kind in kinds.KINDS.values()}
    for kind in kinds.KINDS.values():
        page |= {text for method in kind.methods.values() for text in (method.title, method.summary)}

    assert page - gold == set()


def test_pure_rooms_use_readers_language():
    with translation.override("ko"), pytest.raises(kinds.AnswerRefused) as refused:
        kinds.kind("number").read_answer({"number": "many"}, [])

    assert str(refused.value) == "number: 3이나 0.5처럼 숫자 0~9로 쓴 수여야 합니다. 받은 값: 'many'"


def test_lazy_texts_are_stored_in_english():
    with translation.override("ja"):
        assert language.gettext_lazy("Number") == kinds.kind("number").title == "Number"
        assert language.gettext("Number") == "数値"
