"""Methods are found in their packages."""

import sys

import pytest

from gtcrowd.consolidation import Method, methods_in
from gtcrowd.consolidation.shapes import boxes
from gtcrowd.consolidation.structured.method import StructuredMethod

METHOD = """
from gtcrowd.consolidation.structured.method import method

@method(name="{name}", title="", summary="", order={order})
def run(table): ...
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Makes an importable package of methods, one file each."""

    def _package(name, **methods):
        folder = tmp_path / name
        folder.mkdir()
        folder.joinpath("__init__.py").touch()
        for module, (method, order) in methods.items():
            folder.joinpath(f"{module}.py").write_text(METHOD.format(name=method, order=order))
        monkeypatch.syspath_prepend(tmp_path)
        return __import__(name)

    yield _package
    for name in [name for name in sys.modules if name.startswith("toy_methods")]:
        monkeypatch.delitem(sys.modules, name)


def test_orders_methods(package):
    result = methods_in(package("toy_methods_a", one=("b", 20), two=("c", 10), three=("a", 20)), StructuredMethod)

    assert list(result) == ["c", "a", "b"]


def test_refuses_two_methods_of_one_name(package):
    with pytest.raises(ValueError, match="two methods named 'b'"):
        methods_in(package("toy_methods_b", one=("b", 10), two=("b", 20)), StructuredMethod)


def test_ignores_methods_of_other_types():
    assert list(methods_in(boxes, Method)) == ["matched", "ground-truth-mean"]
