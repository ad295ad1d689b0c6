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

    def killed(*details):
        if len(calls) == 10:
            raise KeyboardInterrupt
        calls.append(hand_in(*details))

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
