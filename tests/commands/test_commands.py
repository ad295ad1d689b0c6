import io
import json
import subprocess
import sys
from contextlib import closing
from socket import socket

import pytest
from django.core.management import CommandError, call_command

from gtcrowd.commands import accounts, demo
from gtcrowd.jobs.models import Job
from gtcrowd.labels.models import Label
from gtcrowd.ledger import balance
from gtcrowd.platform import processes
from gtcrowd.tasks.models import Answer

ANSWERS = "task,worker,label\n" + "".join(
    f"t{task},w{worker},{'yes' if (task % 2 == 0) != (worker == 3 and task < 3) else 'no'}\n"
    for task in range(8)
    for worker in range(4)
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "answers.csv").write_text(ANSWERS + "t0,w0,no\n")  # w0 answers t0 a second time
    (tmp_path / "truth.csv").write_text(
        "task,truth\n" + "".join(f"t{n},{'no' if n % 2 else 'yes'}\n" for n in range(8))
    )
    return tmp_path


def replay(folder):
    out = io.StringIO()
    call_command("replay", str(folder), "--name", "toy", "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.django_db(transaction=True)
def test_replays_recorded_answers(folder):
    result = replay(folder)

    assert (result["objects"], result["answers"], result["repeated"]) == (8, 32, 1)
    assert {score["method"]: score["accuracy"] for score in result["methods"]}["dawid-skene"] == 1
    assert Job.objects.get().state == "Completed"
    assert Answer.objects.count() == 32


@pytest.mark.django_db(transaction=True)
def test_replay_resumes(folder, monkeypatch):
    from gtcrowd.commands import replay as replaying

    hand_in, calls = replaying._submit, []

    def killed(*facts):
        if len(calls) == 10:
            raise KeyboardInterrupt
        calls.append(hand_in(*facts))

    monkeypatch.setattr(replaying, "_submit", killed)
    with pytest.raises(KeyboardInterrupt):
        replay(folder)
    monkeypatch.setattr(replaying, "_submit", hand_in)
    replay(folder)

    assert Answer.objects.count() == 32
    assert Label.objects.filter(current=True).count() == 8


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_loads_demo(settings, tmp_path, monkeypatch):
    from django.utils import timezone

    settings.VAR = tmp_path
    monkeypatch.setattr(demo, "JOBS", (demo.Planned("pilot", "Digit?", range(12), 0, demo.JOBS[0].asks),))
    demo.load(now=timezone.now(), progress=lambda *_: None)

    assert dict(Job.objects.values_list("name", "state")) == {"pilot": "Completed", "postcodes-today": "InProgress"}
    assert Answer.objects.values("worker").distinct().count() > 3
    assert balance.trial_balance() == 0
    assert accounts.file().stat().st_mode & 0o077 == 0
    assert any("requester@example.org" in line for line in accounts.lines())


def test_detects_port_in_use():
    with closing(socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        assert processes.port_in_use("127.0.0.1", taken.getsockname()[1])


@pytest.mark.django_db(transaction=True)
def test_serve_refuses_port_in_use(settings, tmp_path):
    settings.VAR = tmp_path
    with closing(socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(CommandError, match=f"Port {port} .* in use.*PORT={port + 1}"):
            call_command("serve", "--port", str(port))


def test_stops_processes_of_killed_start(tmp_path):
    register = processes.Register(tmp_path / "processes.json")
    child = subprocess.Popen(  # as `processes.start` does, in a session of its own
        [sys.executable, "-c", "print(1, flush=True); import time; time.sleep(60)"], stdout=-1, start_new_session=True
    )
    child.stdout.read(1)
    starter = subprocess.Popen([sys.executable, "-c", "pass"])
    starter.wait()
    import psutil

    born = psutil.Process(child.pid).create_time()
    register.file.write_text(json.dumps([[starter.pid, 1.0], [child.pid, born]]))

    assert register.clear() == 1
    child.stdout.close()
    assert child.wait(5) is not None


def test_refuses_second_start(tmp_path):
    register = processes.Register(tmp_path / "processes.json")
    register.write([])

    with pytest.raises(processes.AlreadyRunning):
        register.clear()


@pytest.mark.long
def test_bench_consolidation(folder):
    out = io.StringIO()

    call_command("bench", "consolidation", str(folder), "--json", stdout=out)

    rows = {row["method"]: row for row in json.loads(out.getvalue())}
    assert rows["dawid-skene"]["measures"]["accuracy"] == 1
    assert rows["majority"]["seconds"] > 0


def test_bench_consolidation_of_other_kinds(tmp_path):
    (tmp_path / "meta.json").write_text('{"kind": "numeric"}')
    (tmp_path / "answers.csv").write_text(
        "task,worker,label\n" + "".join(f"t{t},w{w},{t * 10 + w}\n" for t in range(9) for w in range(3))
    )
    (tmp_path / "truth.csv").write_text("task,truth\n" + "".join(f"t{t},{t * 10 + 1}\n" for t in range(9)))
    out = io.StringIO()

    call_command("bench", "consolidation", str(tmp_path), "--json", stdout=out)

    rows = {row["method"]: row["measures"]["rmse"] for row in json.loads(out.getvalue())}
    assert rows["weighted-mean"] < 0.2 < rows["mean single worker"]


def test_bench_speed():
    out = io.StringIO()

    call_command("bench", "speed", "--answers", "2000", "4000", "--method", "majority", "--json", stdout=out)

    assert [row["answers"] for row in json.loads(out.getvalue())] == [2000, 4000]


@pytest.mark.django_db(transaction=True)
def test_bench_volume_cleans_up():
    out = io.StringIO()

    call_command("bench", "volume", "--answers", "1000", "--json", stdout=out)

    (row,) = json.loads(out.getvalue())
    assert (row["answers"], row["ratio"] > 0) == (1000, True)
    assert not Job.objects.exists()
    assert not Answer.objects.exists()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["ingest", "export"])
def test_bench_ingest_and_export(what):
    out = io.StringIO()

    call_command("bench", what, "--objects", "3000", "--json", stdout=out)

    (row,) = json.loads(out.getvalue())
    assert (row["objects"], row["ratio"] > 0) == (3000, True)
    assert not Job.objects.exists()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_bench_assignment():
    out = io.StringIO()
    sizes = ("--objects", "1000", "--workers", "3", "--seconds", "1")

    call_command("bench", "assignment", *sizes, "--json", stdout=out)

    found = json.loads(out.getvalue())
    assert found["loads"][0]["rate"] > 0 < found["loads"][0]["bare"]
    assert found["nothing"][0]["later_ms"] > 0 < found["limit"][0]["claims"]


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_bench_soak():
    out = io.StringIO()

    call_command("bench", "soak", "--handouts", "300", "--json", stdout=out)

    (row,) = json.loads(out.getvalue())
    assert row["handed_out"] >= 300
    assert row["killed"] >= 1
    assert set(row["breaches"].values()) == {0}


def test_bench_redundancy(tmp_path):
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
@pytest.mark.django_db(transaction=True)
def test_bench_portal():
    out = io.StringIO()

    call_command("bench", "portal", "--tasks", "3", "--workers", "2", "--json", stdout=out)

    (row,) = json.loads(out.getvalue())
    assert 0 < row["p50"] < row["plain"]
