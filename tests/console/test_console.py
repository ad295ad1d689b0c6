import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gtcrowd.identity.models import AccessKey, Member, User
from gtcrowd.identity.roles import Role
from gtcrowd.jobs.models import Job
from gtcrowd.labels.models import Run
from gtcrowd.tasks.models import Gold

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client, alice, team):
    client.force_login(alice.user)
    return client


def form(team, **more):
    return {
        "name": "birds", "medium": "text", "manifest": "s3://heron/in.manifest", "categories": "heron\nibis",
        "title": "Which bird?", "description": "Say which.", "team": team.name, "price": "0.012",
        "workers_per_object": "3", **more,
    }  # fmt: skip


def test_shows_cost_before_creating(owner, team, put):
    put("a", "b")

    response = owner.post("/jobs/new/", form(team, check="")).content.decode()
    assert "at most <b>$0.072</b>" in response
    assert not Job.objects.exists()

    assert owner.post("/jobs/new/", form(team, create=""))["Location"] == "/jobs/birds/"


def test_shows_errors_beside_fields(owner, team):
    response = owner.post("/jobs/new/", form(team, create="", price="much", manifest="s3://heron/none.manifest"))

    assert response.status_code == 422
    page = response.content.decode()
    assert 'href="#id_price"' in page
    assert 'href="#id_manifest"' in page
    assert 'value="much"' in page


def test_manifest_can_be_uploaded(owner, team):
    file = SimpleUploadedFile("x.manifest", b'{"source":"a"}\n')

    owner.post("/jobs/new/", form(team, create="", manifest="", file=file))

    assert Job.objects.get().manifest == "s3://heron/manifests/birds.manifest"


def test_shows_pages(owner, ask, hire, answer):
    job = ask()
    answer(hire("cleo"), job)

    for path in ("/jobs/", "/jobs/new/", "/jobs/birds/", "/people/"):
        assert owner.get(path).status_code == 200, path


def test_hides_foreign_jobs(client, bob, ask):
    ask()
    client.force_login(bob.user)

    assert client.get("/jobs/birds/").status_code == 404
    assert client.post("/jobs/birds/stop/").status_code == 404
    assert "birds" not in client.get("/jobs/").content.decode()


def test_refuses_non_member_with_explanation(client, hire):
    client.force_login(hire("cleo").user)

    assert client.get("/jobs/").status_code == 403


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/jobs/new/", Role.VIEWER),
        ("/jobs/new/", Role.OPERATIONS),
        ("/jobs/birds/stop/", Role.VIEWER),
        ("/jobs/birds/run/", Role.OPERATIONS),
        ("/people/invite/", Role.VIEWER),
        ("/people/teams/", Role.VIEWER),
        ("/people/keys/", Role.REQUESTER),
    ],
)
def test_refuses_actions_beyond_role(client, alice, ask, path, role):
    ask()
    user = User.objects.create_user("otto@example.org")
    Member.objects.create(requester=alice.requester, user=user, role=role)
    client.force_login(user)

    refused = client.post(path, {"emails": "a@b.org", "name": "t", "description": "d"})

    assert refused.status_code == 403


def test_key_is_shown_once(owner):
    owner.post("/people/keys/", {"name": "ci", "role": "viewer"})

    key = AccessKey.objects.get()
    assert f"{key.key_id}." in owner.get("/people/").content.decode()
    assert f"{key.key_id}." not in owner.get("/people/").content.decode()


def test_requests_run(owner, ask):
    ask()

    assert '<option value="majority">Majority' in owner.get("/jobs/birds/").content.decode()
    owner.post("/jobs/birds/run/", {"method": "majority"})

    assert Run.objects.get().state == "waiting"


def test_manifest_is_streamed(owner, ask):
    ask("a")

    assert b"".join(owner.get("/jobs/birds/exports/output-manifest").streaming_content) == b'{"source": "a"}\n'


def test_hides_buttons_of_refused_actions(client, alice, ask):
    ask()
    user = User.objects.create_user("vera@example.org")
    Member.objects.create(requester=alice.requester, user=user, role=Role.VIEWER)

    def forms(user):
        client.force_login(user)
        pages = [client.get(path).content.decode() for path in ("/jobs/", "/jobs/birds/", "/people/")]
        return sum(
            page.count(part) for page in pages for part in ("/stop/", "/run/", "/invite/", "/keys/", "/jobs/new/")
        )

    assert (forms(user), forms(alice.user) > 3) == (0, True)


def test_declares_gold_sets_on_job_page(owner, ask):
    job = ask(kind="choices", categories=["calm", "cold", "late"])
    owner.post(f"/jobs/{job.name}/gold/", {"object": "1", "value": ["late", "calm"]})

    assert Gold.objects.get().value == ["calm", "late"]
    assert b"calm, late" in owner.get(f"/jobs/{job.name}/").content


def test_changes_gold_settings(owner, ask):
    rules = [{"below": 0.6, "do": "pause"}, {"below": 0.8, "do": "review"}]
    job = ask(gold={"share": 0.1, "rules": rules})
    fields = {"gold_share": "0.2", "gold_quiz": "", "gold_quiz_right": "", "gold_below": "0.7", "gold_do": "weigh"}

    owner.post(f"/jobs/{job.name}/change/", fields)

    job.refresh_from_db()
    assert job.gold == {"share": 0.2, "feedback": False, "rules": [{"below": 0.7, "do": "weigh"}, rules[1]]}
    owner.post(f"/jobs/{job.name}/change/", fields)
    assert b"No changes." in owner.get(f"/jobs/{job.name}/").content


def test_previews_custom_template_under_sandbox_policy(owner, team):
    fields = form(team, template="<crowd-form>{{ task.input.header }}<script>1</script></crowd-form>", description="Q?")

    response = owner.post("/templates/preview/", fields)
    refused = owner.post("/templates/preview/", form(team, template="<crowd-form>{% bogus %}"))

    assert b"<crowd-form>Q?<script>" in response.content
    assert "sandbox allow-scripts" in response["Content-Security-Policy"]
    assert (refused.status_code, b"Line 1: unexpected tag" in refused.content) == (422, True)
    assert b"crowd-bounding-box" in owner.get("/templates/boxes-image.liquid").content
    assert owner.get("/templates/boxes-smell.liquid").status_code == 404


def test_declares_structured_gold_as_json(owner, ask):
    job = ask(kind="number", categories=[])

    owner.post(f"/jobs/{job.name}/gold/", {"object": "1", "value": "four"})
    assert b"This is not valid JSON: four" in owner.get(f"/jobs/{job.name}/").content
    owner.post(f"/jobs/{job.name}/gold/", {"object": "1", "value": "4.0"})

    assert Gold.objects.get().value == 4


def test_owner_sets_time_zone(owner, alice):
    page = owner.get("/settings/").content.decode()
    assert "<option > Asia/Seoul </option>" in " ".join(page.split())

    owner.post("/settings/time-zone/", {"time_zone": "Asia/Seoul"})

    alice.requester.refresh_from_db()
    assert alice.requester.zone == "Asia/Seoul"
    refused = owner.post("/settings/time-zone/", {"time_zone": "Nowhere"}, follow=True).content.decode()
    assert "Nowhere is not a time zone" in refused
