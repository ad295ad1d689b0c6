"""Names and phrases that docs/glossary.md replaced do not come back."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

WORDS = Path(__file__).parent / "words"
NAMES = tomllib.loads((WORDS / "names.toml").read_text(encoding="utf-8"))
PHRASES = tomllib.loads((WORDS / "phrases.toml").read_text(encoding="utf-8"))["phrases"]
TREES = ("gtcrowd", "dashboards", "tests")
TEXTS = [
    *sorted(path for path in Path("docs").glob("*.md") if path.name != "glossary.md"),
    Path("README.md"),
    Path("CONTRIBUTING.md"),
]


def modules() -> list[Path]:
    files = (file for tree in TREES for file in sorted(Path(tree).rglob("*.py")))
    return [file for file in files if "migrations" not in file.parts]


def identifiers(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Names that the module gives to things: variables, attributes, parameters, keywords, functions and classes."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name, node.lineno
            case ast.Attribute(attr=name) | ast.keyword(arg=str() as name):
                yield name, node.lineno
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, node.lineno


def uses(names: Callable[[ast.AST], Iterator[tuple[str, int]]], banned: dict[str, str]) -> list[str]:
    """The places where a module has a banned name, each with what to use."""
    return [
        f"{file}:{line}: {name} (use {banned[name]})"
        for file in modules()
        for name, line in names(ast.parse(file.read_text(encoding="utf-8")))
        if name in banned and f"{file}:{name}" not in NAMES["exceptions"]
    ]


def test_identifiers_follow_glossary():
    assert uses(identifiers, NAMES["identifiers"]) == []


def variables(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Names that the module assigns to, and parameters."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name, node.lineno


def test_variables_are_nouns():
    assert uses(variables, NAMES["variables"]) == []


def test_modules_follow_glossary():
    banned = NAMES["modules"]
    result = [f"{file} (use {banned[file.stem]})" for file in modules() if file.stem in banned]

    assert [line for line in result if line.partition(" ")[0] not in NAMES["exceptions"]] == []


def test_css_classes_follow_glossary():
    banned = NAMES["css_classes"]
    styles = sorted(file for tree in ("gtcrowd", "dashboards") for file in Path(tree).rglob("*.css"))
    result = [
        f"{file}: .{name} (use .{banned[name]})"
        for file in styles
        for name in re.findall(r"\.([a-zA-Z][\w-]*)", re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8")))
        if name in banned
    ]

    assert result == []


def phrase(pattern: str) -> re.Pattern[str]:
    return re.compile(r"\b" + re.escape(pattern).replace(r"\*", r"\w*") + r"\b", re.IGNORECASE)


def texts() -> Iterator[tuple[str, str]]:
    """What people read: documents as they are, and each translatable text with its place."""
    from babel.messages import pofile

    for file in TEXTS:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{file}:{number}", line
    with Path("gtcrowd/locale/ko/LC_MESSAGES/django.po").open("rb") as file:
        for message in pofile.read_po(file, locale="ko"):
            for text in message.id if isinstance(message.id, tuple) else (message.id,):
                yield f"msgid {text[:60]!r}", text


@pytest.mark.parametrize("banned", PHRASES)
def test_texts_avoid_phrase(banned):
    pattern = phrase(banned)

    assert [index for index, text in texts() if pattern.search(text)] == [], f"write: {PHRASES[banned]}"
