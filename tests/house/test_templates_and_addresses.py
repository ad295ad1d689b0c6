"""No room reverses, renders or reads an address, template or file of a higher room.

The linter of imports sees none of these. Floors are those of its contract; `settings`, `urls` and `wsgi`, which know every
room, are outside of them.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import engines
from django.urls import URLResolver, get_resolver

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "gtcrowd"
CONTRACT = next(
    contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    if contract["type"] == "layers"
)
FLOORS = [[room.strip() for room in layer.split("|")] for layer in CONTRACT["layers"]]
FLOOR = {room: len(FLOORS) - number for number, rooms in enumerate(FLOORS) for room in rooms} | {"dashboards": 100}
URL_TAG = re.compile(r"""\{%\s*url\s+["']([^"']+)["']""")
TEMPLATE_TAG = re.compile(r"""\{%\s*(?:include|extends)\s+["']([^"']+)["']""")
STATIC_TAG = re.compile(r"""\{%\s*static\s+["']([^"']+)["']""")
SCRIPT_IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["']([^"']+\.js)["']""")
STYLE_URL = re.compile(r"""url\(\s*["']?([^"')]+)""")
REVERSING = {"reverse", "reverse_lazy", "redirect", "resolve_url", "Entry"}
RENDERING = {"render", "render_to_string", "get_template", "select_template", "inclusion_tag"}
READING = {"static", "find"}


def room_of(path: Path) -> str | None:
    parts = path.relative_to(ROOT).parts
    if parts[0] == "dashboards":
        return "dashboards"
    return parts[1] if len(parts) > 2 and parts[1] in FLOOR else None


def namespaces() -> dict[str, str]:
    """Return the room of each URL namespace."""
    return {
        str(entry.namespace): entry.urlconf_module.__name__.split(".")[1]
        for entry in get_resolver().url_patterns
        if isinstance(entry, URLResolver) and entry.namespace
    }


def owner_of_template(name: str) -> str | None:
    """Return the room whose template is found under this name; None for one of another package."""
    origin = Path(engines["django"].get_template(name).template.origin.name)
    return room_of(origin) if origin.is_relative_to(PACKAGE) else None


def owner_of_static(path: str) -> str | None:
    folder = path.split("/", maxsplit=1)[0]
    if folder == "kinds":
        return "kinds"
    return next((room for room in FLOOR if (PACKAGE / room / "static" / folder).is_dir()), None)


def in_python(file: Path) -> Iterator[tuple[str, str]]:
    """Yield what a module refers to: ("address" | "template" | "static" | "file", name)."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            texts = [
                each.value for each in [*node.args, *(k.value for k in node.keywords)] if isinstance(each, ast.Constant)
            ]
            for text in filter(lambda value: isinstance(value, str), texts):
                if name in REVERSING and ":" in text:
                    yield "address", text
                elif name in RENDERING and text.endswith((".html", ".txt")):
                    yield "template", text
                elif name in READING and "/" in text:
                    yield "static", text
                elif name in {"RedirectView", "as_view"}:
                    yield from ([("address", text)] if ":" in text else [])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (("file", room) for room in re.findall(r"(?:^|/)([a-z]+)/(?:static|templates)/", node.value))


def in_template(file: Path) -> Iterator[tuple[str, str]]:
    text = file.read_text()
    yield from (("address", name) for name in URL_TAG.findall(text) if ":" in name)
    yield from (("template", name) for name in TEMPLATE_TAG.findall(text))
    yield from (("static", path) for path in STATIC_TAG.findall(text))


def in_static(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the files that a script or style refers to, as paths below the root of static files."""
    pattern = SCRIPT_IMPORT if file.suffix == ".js" else STYLE_URL
    folder = next((parent for parent in file.parents if parent.name == "static"), None)
    for address in pattern.findall(file.read_text()):
        if folder is not None and address.startswith("."):
            yield "static", (file.parent / address).resolve().relative_to(folder.resolve()).as_posix()


def references() -> Iterator[tuple[Path, str, str]]:
    readers = {".py": in_python, ".html": in_template, ".txt": in_template, ".js": in_static, ".css": in_static}
    for package in (PACKAGE, ROOT / "dashboards"):
        for file in sorted(package.rglob("*")):
            if file.suffix in readers and room_of(file) and "migrations" not in file.parts:
                yield from ((file, what, name) for what, name in readers[file.suffix](file))


def owner(what: str, name: str) -> str | None:
    if what == "address":
        return namespaces().get(name.partition(":")[0])
    if what == "template":
        return owner_of_template(name)
    return owner_of_static(name) if what == "static" else name


def may_use(room: str, other: str | None) -> bool:
    return other is None or other == room or FLOOR.get(other, 0) < FLOOR[room]


def test_no_room_uses_higher_rooms():
    upward = [
        f"{file.relative_to(ROOT)}: {what} {name} of {owner(what, name)}"
        for file, what, name in references()
        if not may_use(room_of(file) or "", owner(what, name))
    ]

    assert upward == []


def test_every_namespace_belongs_to_a_room():
    assert set(namespaces().values()) <= set(FLOOR)


@pytest.mark.parametrize(
    ("text", "name", "reader"),
    [
        ("reverse('portal:job', args=[1])", ("address", "portal:job"), "py"),
        ("redirect(to='portal:job')", ("address", "portal:job"), "py"),
        ("render(request, 'portal/job.html', {})", ("template", "portal/job.html"), "py"),
        ("ROOT / 'portal/static/portal'", ("file", "portal"), "py"),
        ("static('portal/work/main.js')", ("static", "portal/work/main.js"), "py"),
        ("{% url 'portal:work' as work %}", ("address", "portal:work"), "html"),
        ('{% include "portal/earned.html" with a=b %}', ("template", "portal/earned.html"), "html"),
        ("{% static 'portal/work/work.css' %}", ("static", "portal/work/work.css"), "html"),
        ('import { send } from "../../portal/work/send.js";', ("static", "portal/work/send.js"), "js"),
    ],
)
def test_finds_each_way_to_refer(tmp_path, text, name, reader):
    folder = tmp_path / "static" / "workpage" / "elements"
    folder.mkdir(parents=True)
    file = folder / f"probe.{reader}"
    file.write_text(text)

    assert name in list({"py": in_python, "html": in_template, "js": in_static}[reader](file))


def test_lower_rooms_may_not_use_higher_ones():
    assert may_use("portal", "workpage")
    assert not may_use("workpage", "portal")
    assert not may_use("console", "portal")
