"""Every benchmark runs on small input."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from gtcrowd.bench import stage
from gtcrowd.bench.benchmarks import assignment, dashboards, portal, soak
from gtcrowd.jobs.models import Job
from gtcrowd.tasks.models import Answer
from tests import embedded

ANSWERS = "task,worker,label\n" + "".join(
    f"t{task},w{worker},{'yes' if (task % 2 == 0) != (worker == 3 and task < 3) else 'no'}\n"
    for task in range(8)
    for worker in range(4)
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "answers.csv").write_text(ANSWERS)
    (tmp_path / "truth.csv").write_text(
        "task,truth\n" + "".join(f"t{n},{'no' if n % 2 else 'yes'}\n" for n in range(8))
    )
    return tmp_path


@pytest.fixture
def staged(transactional_db, monkeypatch):
    """Benchmarks begin with a database that has all tables; `migrate` finds nothing to do."""
    monkeypatch.setattr(stage, "TEMPLATE", embedded.template())


@pytest.mark.long
def test_consolidation(folder):
    out = io.StringIO()

    call_command("bench", "consolidation", str(folder), "--json", stdout=out)

    rows = {row["method"]: row for row in json.loads(out.getvalue())}
    assert rows["dawid-skene"]["measures"]["accuracy"] == 1
    assert rows["majority"]["seconds"] > 0


def test_consolidation_of_other_kinds(tmp_path):
    (tmp_path / "meta.json").write_text('{"kind": "numeric"}')
    (tmp_path / "answers.csv").write_text(
        "task,worker,label\n" + "".join(f"t{t},w{w},{t * 10 + w}\n" for t in range(9) for w in range(3))
    )
    (tmp_path / "truth.csv").write_text("task,truth\n" + "".join(f"t{t},{t * 10 + 1}\n" for t in range(9)))
    out = io.StringIO()

    call_command("bench", "consolidation", str(tmp_path), "--json", stdout=out)

    rows = {row["method"]: row["measures"]["rmse"] for row in json.loads(out.getvalue())}
    assert rows["weighted-mean"] < 0.2 < rows["mean single worker"]


def test_speed():
    out = io.StringIO()

    call_command("bench", "speed", "--answers", "2000", "4000", "--method", "majority", "--json", stdout=out)

    assert [row["answers"] for row in json.loads(out.getvalue())] == [2000, 4000]


@pytest.mark.django_db(transaction=True)
def test_volume_cleans_up():
    out = io.StringIO()

    call_command("bench", "volume", "--answers", "1000", "--json", stdout=out)

    (row,) = json.loads(out.getvalue())
    assert (row["answers"], row["ratio"] > 0) == (1000, True)
    assert not Job.objects.exists()
    assert not Answer.objects.exists()


@pytest.mark.long
@pytest.mark.usefixtures("staged")
@pytest.mark.parametrize("what", ["ingest", "export"])
def test_ingest_and_export(what):
    out = io.StringIO()

    call_command("bench", what, "--objects", "3000", "--json", stdout=out)

    (row,) = json.loads(out.getvalue())
    assert (row["objects"], row["ratio"] > 0) == (3000, True)
    assert not Job.objects.exists()


@pytest.mark.long
@pytest.mark.usefixtures("staged")
def test_assignment(monkeypatch):
    monkeypatch.setattr(assignment, "ENOUGH", 3000)
    monkeypatch.setattr(assignment, "WARM_SECONDS", 0.5)
    monkeypatch.setattr(assignment, "CALM_SECONDS", 1)
    out = io.StringIO()
    sizes = ("--objects", "300", "--workers", "3", "--seconds", "1")

    call_command("bench", "assignment", *sizes, "--json", stdout=out)

    result = json.loads(out.getvalue())
    assert result["loads"][0]["rate"] > 0 < result["loads"][0]["bare"]
    assert result["nothing"][0]["later_ms"] > 0 < result["limit"][0]["claims"]


@pytest.mark.long
@pytest.mark.usefixtures("staged")
def test_soak(monkeypatch):
    monkeypatch.setattr(soak, "KILL_SECONDS", 1)
    out = io.StringIO()

    call_command("bench", "soak", "--handouts", "300", "--json", stdout=out)

    (row,) = json.loads(out.getvalue())
    assert row["handed_out"] >= 300
    assert row["killed"] >= 1
    assert set(row["breaches"].values()) == {0}


def test_redundancy(tmp_path):
    """Twenty workers who are nearly always right: most of their answers are not needed."""
    rows = [f"t{t},w{w},{'ab'[(t + (w * t % 17 == 3)) % 2]}" for t in range(60) for w in range(20)]
    (tmp_path / "answers.csv").write_text("task,worker,label\n" + "\n".join(rows) + "\n")
    (tmp_path / "truth.csv").write_text("task,truth\n" + "".join(f"t{t},{'ab'[t % 2]}\n" for t in range(60)))
    out = io.StringIO()

    call_command("bench", "redundancy", str(tmp_path), "--json", stdout=out)

    (row,) = json.loads(out.getvalue())
    assert row["ratio"] > 0.5
    assert row["error"] <= row["fixed_error"] + 0.02


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.usefixtures("staged")
def test_portal(monkeypatch):
    monkeypatch.setattr(portal, "OBJECTS", 100)
    out = io.StringIO()

    call_command("bench", "portal", "--tasks", "3", "--workers", "2", "--json", stdout=out)

    (row,) = json.loads(out.getvalue())
    assert 0 < row["p50"] < row["plain"]


@pytest.mark.long
@pytest.mark.usefixtures("staged")
def test_dashboards(monkeypatch):
    monkeypatch.setattr(dashboards, "REPEATS", 1)
    out = io.StringIO()

    call_command("bench", "dashboards", "--answers", "2000", "--workers", "9", "--jobs", "2", "--json", stdout=out)

    rows = {row["what"]: row for row in json.loads(out.getvalue())}
    assert rows["overview, 28 days, drawn"]["ms"] > 0 < rows["take in one answer"]["ms"]


def test_drift_and_intervals(folder):
    for name in ("drift", "intervals"):
        out = io.StringIO()
        call_command("bench", name, str(folder), "--json", stdout=out)

        assert json.loads(out.getvalue())[0]["workers"] >= 0


def test_refuses_folder_without_answers(tmp_path):
    with pytest.raises(CommandError, match=r"has no answers\.csv"):
        call_command("bench", "drift", str(tmp_path))
