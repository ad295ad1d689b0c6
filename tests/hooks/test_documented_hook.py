"""The hook of fixtures/hooks, printed in docs/hooks.md, works as documented."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.hooks import calls, signing_secret
from gtcrowd.hooks.calls import Call, HookFault
from gtcrowd.jobs import store
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.models import Task
from tests import polling
from tests.portal import browsing

EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)
HOOK = Path("fixtures/hooks/hook.py")


def test_documentation_prints_the_fixture():
    assert EXAMPLE.findall(Path("docs/hooks.md").read_text()) == [HOOK.read_text()]


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def documented(hook, alice):
    """The example in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = os.environ | {"HOOK_SECRET": signing_secret.of(alice.requester), "HOOK_PORT": str(port)}
    process = subprocess.Popen([sys.executable, HOOK], env=environ, stderr=subprocess.DEVNULL)
    polling.until(lambda: listens(port))
    yield f"http://127.0.0.1:{port}/"
    process.terminate()
    process.wait()


@pytest.fixture
def address(transactional_db):
    with browsing.served() as result:
        yield result


def test_hook_prepares_and_labels(documented, address, settings, ask, hire, now):
    settings.GTCROWD_URL = address
    hooked = {"pre_hook": documented, "post_hook": documented}
    job = ask("grey and tall", "-", kind="custom", categories=[], **hooked)
    for name, bird in (("cleo", "heron"), ("dan", "heron"), ("eve", "ibis")):
        held = claim.next_assignment(worker=hire(name), job=job, now=now)
        submit.submit(assignment=held, content={"bird": bird}, now=now)

    job = job_lifecycle.advance(job.pk, now=now)

    with store.store().open(job.output) as file:
        first, second = map(json.loads, file.read().splitlines())
    assert job.state == "Completed"
    assert (first["birds"], first["birds-metadata"]["confidence"]) == ({"bird": "heron"}, 2 / 3)
    assert (second, Task.objects.get(position=1).reason_code) == ({"source": "-"}, "no-workers-needed")


def test_refuses_foreign_signature(documented):
    call = Call(target=documented, stage="pre", event={"dataObject": {"source": "x"}}, secret="another", key="k")

    with pytest.raises(HookFault, match="answered with status 403"):
        calls.ask(call)
