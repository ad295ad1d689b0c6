"""Which modules a page loads, and how a kind brings its own."""

import pytest
from django.contrib.staticfiles import finders

from gtcrowd import kinds
from gtcrowd.kinds import element_names
from gtcrowd.workpage import elements

ENTRY = """import { build } from "../../workpage/elements/build.js";
class CrowdToy extends HTMLElement {}
export const ELEMENTS = { "crowd-toy": CrowdToy };
"""


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A kind `toy` whose folder is added to the package at run time."""
    folder = tmp_path / "toy" / "elements"
    folder.mkdir(parents=True)
    (folder / "elements.js").write_text(ENTRY)
    (folder / "toy.css").write_text("crowd-toy { display: block; }")
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])
    return folder


def test_page_loads_groups_of_its_tags():
    (group,) = elements.groups("<crowd-form><CROWD-POLYGON src='x'></CROWD-POLYGON></crowd-form>")

    assert group.entry == "workpage/elements/drawing/elements.js"
    assert "crowd-polygon" in group.tags


def test_plain_page_loads_shared_modules_only():
    assert elements.groups("<crowd-form><crowd-classifier></crowd-classifier></crowd-form>") == []
    assert elements.modules([])[0].startswith("/static/workpage/elements/")


def test_group_names_modules_it_imports():
    groups = elements.groups("<crowd-semantic-segmentation></crowd-semantic-segmentation>")

    addresses = elements.modules(groups)

    assert "/static/workpage/elements/drawing/board.js" in addresses
    assert len(addresses) == len(set(addresses))


def test_kind_brings_its_elements(toy):
    (group,) = elements.groups("<crowd-toy></crowd-toy>")

    assert group.entry == "kinds/toy/elements.js"
    assert group.stylesheets == ("kinds/toy/toy.css",)


def test_finder_serves_elements_of_kinds(toy):
    finder = finders.get_finder("gtcrowd.workpage.finders.KindElementsFinder")

    assert finders.find("kinds/toy/elements.js") == str(toy / "elements.js")
    assert ("elements.js", "kinds/toy") in [(path, storage.prefix) for path, storage in finder.list(None)]


@pytest.mark.parametrize("path", ["kinds/toy/../../secret.js", "kinds/other/elements.js", "kinds/toy/none.js"])
def test_finder_serves_nothing_else(toy, path):
    (toy.parents[1] / "secret.js").write_text("")

    with pytest.raises(Exception, match=r"joined path|located outside") if ".." in path else _nothing():
        assert not finders.find(path)


def test_templates_may_use_what_scripts_define():
    shared = (elements.ROOT / "register.js").read_text()
    defined = {tag for group in elements.all_groups() for tag in group.tags} | set(elements.TAG.findall(shared))

    assert defined == element_names.names() - {"crowd-tab"}


def test_page_loads_what_scripts_create():
    (group,) = elements.groups("<crowd-form></crowd-form><script>document.createElement('crowd-card')</script>")

    assert "crowd-card" in group.tags


def _nothing():
    from contextlib import nullcontext

    return nullcontext()


def test_entry_must_export_elements(toy):
    (toy / "elements.js").write_text("export const OTHER = {};")
    elements._groups.cache_clear()

    with pytest.raises(ValueError, match="must export ELEMENTS"):
        elements.groups("<crowd-toy></crowd-toy>")
