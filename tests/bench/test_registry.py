"""A further benchmark is one file: with nothing but the file it is listed, explained and run."""

import io
import json
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from gtcrowd.bench import benchmarks, registry

FOLDER = Path(__file__).parent / "toy"


@pytest.fixture
def coin(monkeypatch):
    """The toy benchmark, found by adding its file to the package."""
    monkeypatch.setattr(benchmarks, "__path__", [*benchmarks.__path__, str(FOLDER)])
    yield registry.discover()["coin"]
    sys.modules.pop("gtcrowd.bench.benchmarks.coin", None)
    monkeypatch.delattr(benchmarks, "coin", raising=False)


def bench(*arguments):
    out = io.StringIO()
    call_command("bench", *arguments, stdout=out)
    return out.getvalue()


def test_each_module_is_one_benchmark():
    modules = {path.stem for path in Path(benchmarks.__file__).parent.glob("*.py")} - {"__init__"}

    assert set(registry.discover()) == modules


def test_refuses_same_name_twice(coin, monkeypatch, tmp_path):
    (tmp_path / "copper.py").write_text((FOLDER / "coin.py").read_text())
    monkeypatch.setattr(benchmarks, "__path__", [*benchmarks.__path__, str(tmp_path)])

    with pytest.raises(ValueError, match="two benchmarks are named 'coin'"):
        registry.discover()


def test_lists_benchmarks(coin):
    lines = dict(line.split(maxsplit=1) for line in bench().splitlines())

    assert list(lines) == sorted(registry.discover())
    assert lines["coin"] == "toss a coin"


def test_explains_benchmark(coin, capsys):
    with pytest.raises(SystemExit) as ended:
        bench("coin", "--help")

    help_text = capsys.readouterr().out
    assert (ended.value.code, "toss a coin" in help_text, "numbers of tosses" in help_text) == (0, True, True)


def test_prints_json(coin):
    assert json.loads(bench("coin", "--tosses", "4", "--json")) == [{"tosses": 4, "heads": 2, "ratio": 0.5}]


def test_prints_table(coin):
    assert "10,000" in bench("coin", "--tosses", "10000")


def test_every_benchmark_has_help():
    for name, benchmark in registry.discover().items():
        assert benchmark.help, name
        assert all(argument.options.get("help") or argument.options.get("choices") for argument in benchmark.arguments)
