import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gtcrowd import job_lifecycle
from gtcrowd.identity.models import AccessKey, Member, User
from gtcrowd.identity.roles import Role
from gtcrowd.jobs.models import Job
from gtcrowd.labels.models import Run
from gtcrowd.tasks.models import Gold
from gtcrowd.workforce import setup
from gtcrowd.workforce.models import Team

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


def test_stop_asks_first(owner, ask):
    ask()

    question = owner.post("/jobs/birds/stop/").content.decode()
    assert "Stop birds?" in question
    assert "cannot be started again" in question
    assert Job.objects.get().state == "InProgress"

    owner.post("/jobs/birds/stop/", {"confirmed": "1"})
    assert Job.objects.get().state in ("Stopping", "Stopped")


def test_suspension_asks_and_is_undone_in_place(owner, hire):
    cleo = hire("cleo")
    address = f"/people/{cleo.code}/"

    question = owner.post(address, {"how": "suspend"}).content.decode()
    assert "Suspend Cleo?" in question
    assert 'name="how" value="suspend"' in question
    response = owner.post(address, {"how": "suspend", "confirmed": "1", "reason": "guessed"})
    assert response["Location"] == f"/people/?q={cleo.code}#worker-{cleo.code}"
    page = owner.get(response["Location"].partition("#")[0]).content.decode()
    assert "Cleo is suspended." in page
    assert "Reinstate" in page

    owner.post(address, {"how": "reinstate"})
    cleo.refresh_from_db()
    assert cleo.state == "active"


def test_revoking_key_asks_first(owner):
    owner.post("/people/keys/", {"name": "script", "role": "viewer"})
    key = AccessKey.objects.get()

    assert "Revoke script?" in owner.post(f"/people/keys/{key.key_id}/revoke/").content.decode()
    key.refresh_from_db()
    assert key.revoked_at is None
    owner.post(f"/people/keys/{key.key_id}/revoke/", {"confirmed": "1"})
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_role_is_checked_before_question(client, alice, ask):
    ask()
    user = User.objects.create_user("viewer@example.org", "correct horse battery")
    Member.objects.create(requester=alice.requester, user=user, role=Role.VIEWER)
    client.force_login(user)

    assert client.post("/jobs/birds/stop/").status_code == 403


def test_searches_and_pages_jobs(owner, ask, monkeypatch):
    for number in range(3):
        ask(name=f"birds-{number}")
    monkeypatch.setattr("gtcrowd.console.lists.SIZE", 2)

    first = owner.get("/jobs/").content.decode()
    assert ("birds-2" in first, "birds-0" in first) == (True, False)
    after = Job.objects.get(name="birds-1").pk
    second = owner.get(f"/jobs/?after={after}").content.decode()
    assert ("birds-2" in second, "birds-0" in second) == (False, True)
    match = owner.get("/jobs/?q=birds-1&state=InProgress").content.decode()
    assert ("birds-1" in match, "birds-2" in match) == (True, False)
    assert "No jobs match" in owner.get("/jobs/?q=storks").content.decode()


@pytest.mark.parametrize("address", ["/jobs/", "/people/"])
@pytest.mark.parametrize("search", ["?after=999999", "?after=x", "?team=x&state=y", f"?team={'9' * 30}"])
def test_ignores_invalid_search(owner, ask, address, search):
    ask()

    assert owner.get(address + search).status_code == 200


def test_searches_people(owner, hire):
    hire("cleo")
    hire("dan")

    page = owner.get("/people/?q=CLEO").content.decode()

    assert "cleo@example.org" in page
    assert "dan@example.org" not in page


def test_worker_joins_and_leaves_team(owner, hire, team):
    cleo = hire("cleo")
    other = Team.objects.create(workforce=team.workforce, name="night", description="At night")
    address = f"/people/{cleo.code}/"

    owner.post(address, {"how": "join", "team": other.pk})
    assert other in cleo.teams.all()
    owner.post(address, {"how": "leave", "team": other.pk})
    assert other not in cleo.teams.all()


def test_refuses_foreign_team(owner, hire, bob):
    cleo = hire("cleo")
    foreign = Team.objects.create(workforce=setup.private(bob.requester), name="x", description="x")

    assert owner.post(f"/people/{cleo.code}/", {"how": "join", "team": foreign.pk}).status_code == 404


def test_counts_mails_not_people(owner, hire):
    hire("cleo")

    page = owner.post(
        "/people/invite/", {"emails": "cleo@example.org; ana@example.org ;ben@example.org"}, follow=True
    ).content.decode()

    assert "2 invitations sent." in page
    assert "1 person works for you already" in page


def test_people_land_on_their_own_page(client, alice, bob, hire, team):
    manager, stranger = (User.objects.create_user(f"{name}@example.org", "x") for name in ("manager", "stranger"))
    setup.vendor(name="Labelers", managers=[manager])
    pages = {alice.user: "/jobs/", hire("cleo").user: "/work/", manager: "/vendor/", stranger: "/work/"}

    for user, page in pages.items():
        client.force_login(user)
        assert client.get("/")["Location"] == page
    assert (
        "Ask the person who sent you this address to invite you as stranger@" in client.get("/work/").content.decode()
    )


def test_vendor_manager_sees_own_people_only(client, alice, hire):
    manager = User.objects.create_user("manager@example.org", "x")
    workforce = setup.vendor(name="Labelers", managers=[manager])
    vera = User.objects.create_user("vera@example.org", "x", name="Vera")
    setup.add_worker(workforce=workforce, user=vera, now=timezone.now())
    hire("cleo")
    client.force_login(manager)

    page = client.get("/vendor/").content.decode()

    assert "Vera" in page
    assert "Cleo" not in page
    client.force_login(alice.user)
    assert client.get("/vendor/").status_code == 403


def test_job_page_shows_labels_in_words(owner, ask, hire, answer, now):
    job = ask("a heron", name="birds", workers_per_object=1)
    answer(hire("cleo"), job, "heron")
    job_lifecycle.advance(job.pk, now=now)

    page = owner.get("/jobs/birds/").content.decode()

    assert f"/dashboards/answers/?job={job.pk}&days=all&position=0" in page
    assert "a heron" in page
