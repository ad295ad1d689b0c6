import io
import json

import pytest
from django.core.management import CommandError, call_command

from gtcrowd.identity.models import Member, Requester
from gtcrowd.jobs.models import Job
from gtcrowd.ledger import balance, names

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path, team, put):
    fields = {
        "name": "birds", "medium": "text", "categories": ["heron", "ibis"], "manifest": put("a", "b"), "team": team.name,
        "title": "Which bird?", "description": "Say which.", "price": "0.012", "workers_per_object": 3,
    }  # fmt: skip
    (tmp_path / "job.json").write_text(json.dumps(fields))
    return str(tmp_path / "job.json")


def test_job_life_cycle(file):
    def heron(*arguments):
        return run("job", "--requester", "heron", *arguments)

    assert "total=0.072" in heron("plan", file)
    assert "state=Initializing" in heron("create", file)
    assert "name=birds" in heron("list")
    assert heron("export", "birds") == ""
    heron("stop", "birds")
    assert Job.objects.get().state == "Stopping"


def test_lists_one_error_per_line(tmp_path, alice):
    (tmp_path / "job.json").write_text("{}")

    with pytest.raises(CommandError) as refused:
        run("job", "--requester", "heron", "create", str(tmp_path / "job.json"))

    assert "\ntitle: must be text" in str(refused.value)


@pytest.mark.parametrize(("text", "message"), [("[]", "one JSON object"), ("{", "is not JSON")])
def test_refuses_invalid_file(tmp_path, alice, text, message):
    (tmp_path / "job.json").write_text(text)

    with pytest.raises(CommandError, match=message):
        run("job", "--requester", "heron", "create", str(tmp_path / "job.json"))


def test_creates_requester_and_deposits_once(db):
    for _ in range(2):
        message = run("requester", "owls", "--member", "o@example.org:owner", "--deposit", "50", "--reference", "r1")

    assert "/join/" in message
    owls = Requester.objects.get()
    assert balance.balance(names.funds(owls.pk)) == 50
    assert Member.objects.get().role == "owner"
    assert owls.buckets.get().name == "owls"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--member", "x:king"], "'king' is not a role"), (["--deposit", "-1"], "greater than zero")],
)
def test_refuses_invalid_arguments(db, arguments, message):
    with pytest.raises(CommandError, match=message):
        run("requester", "owls", *arguments)
