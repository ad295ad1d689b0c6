"""The page that changes a running job: each changeable field, refusals beside the field, and what stays as it is."""

from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.utils.html import escape

from gtcrowd.console import change_form
from gtcrowd.identity.models import Member, User
from gtcrowd.identity.roles import Role
from gtcrowd.jobs import stop
from gtcrowd.jobs.fields import CHANGEABLE, FIELDS
from gtcrowd.jobs.models import JobChange
from gtcrowd.workforce import setup

pytestmark = pytest.mark.django_db
URL = "/jobs/birds/change/"
PAGE = "<crowd-form>\n<p>{{ task.input.taskObject }}</p>\n</crowd-form>"
POSTS = {
    "template": ({"template": PAGE.replace("\n", "\r\n")}, PAGE),
    "pre_hook": ({"pre_hook": "HOOK"}, "HOOK"),
    "post_hook": ({"post_hook": "HOOK"}, "HOOK"),
    "team": ({"team": "night"}, "night"),
    "price": ({"price": "0.036"}, Decimal("0.036")),
    "late_answers_paid": ({"late_answers_paid": "off"}, False),
    "deadline": ({"deadline": "2099-12-01T12:00Z"}, datetime(2099, 12, 1, 12, tzinfo=UTC)),
    "target_error": ({"target_error": "0.05"}, 0.05),
    "gold": ({"gold_share": "0.2"}, {"share": 0.2, "feedback": False}),
    "worker_limits": ({"limit_answers": "9", "limit_hours": "0.5"}, {"answers": 9, "hours": 0.5}),
}
"""What is posted for a changeable field, and its value in the job afterwards; of whole numbers see `example`."""


def example(field, requester):
    """What is posted for a field, and its value afterwards: for whole numbers the second smallest, else from POSTS."""
    if FIELDS[field].type.json_type == "integer":
        number = FIELDS[field].type.limits(requester)["min_value"] + 1
        return {field: str(number)}, number
    return POSTS[field]


class Inputs(HTMLParser):
    """What a browser posts of a page without touching it: the form of the page itself, not those of its header."""

    def __init__(self, page):
        super().__init__()
        self.posted, self.area, self.select = {}, None, None
        self.feed(page.partition("<main")[2])

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "input" and "name" in at and (at.get("type") != "checkbox" or "checked" in at):
            self.posted[at["name"]] = at.get("value") or ""
        elif tag == "textarea":
            self.area = at["name"]
            self.posted[self.area] = ""
        elif tag == "select":
            self.select = at["name"]
        elif tag == "option" and self.select and ("selected" in at or self.select not in self.posted):
            self.posted[self.select] = at["value"]

    def handle_data(self, data):
        if self.area:
            self.posted[self.area] += data.removeprefix("\n").replace("\n", "\r\n")

    def handle_endtag(self, tag):
        if tag in ("textarea", "select"):
            self.area = self.select = None


@pytest.fixture
def owner(client, alice, team):
    client.force_login(alice.user)
    return client


@pytest.fixture
def job(ask, hook, field):
    """A job that has the field: dynamic redundancy is for choices, a post-annotation hook for custom templates."""
    if field in ("min_workers", "target_error"):
        return ask(min_workers=1, target_error=0.1)
    return ask(kind="custom", categories=[], template=PAGE.replace("p>", "b>"))


def unchanged(owner):
    return Inputs(owner.get(URL).content.decode()).posted


@pytest.mark.parametrize("field", CHANGEABLE)
def test_changes_field(owner, alice, hook, job, field):
    setup.team(viewer=alice, name="night", description="At night")
    posted, value = example(field, alice.requester)
    hooked = {name: text.replace("HOOK", hook.url) for name, text in posted.items()}

    done = owner.post(URL, unchanged(owner) | hooked)

    assert done.status_code == 302
    job.refresh_from_db()
    now = job.template.text if field == "template" else job.team.name if field == "team" else getattr(job, field)
    assert now == (hook.url if value == "HOOK" else value)
    assert list(JobChange.objects.values_list("field", flat=True)) == [field]


@pytest.mark.parametrize("field", CHANGEABLE)
def test_field_has_label(owner, job, field):
    page = owner.get(URL).content.decode()

    for labelled in FIELDS[field].type.parts or (FIELDS[field],):
        assert escape(str(labelled.label)) in page


def test_unchanged_form_changes_nothing(owner, ask):
    rules = [{"below": 0.6, "do": "weigh"}, {"below": 0.8, "do": "review"}]
    job = ask(
        kind="custom", categories=[], template=f"\n{PAGE} & <i>more</i>\n", late_answers_paid=False, priority=-3,
        deadline="2026-12-01T12:00:07+09:00", gold={"share": 0.1, "feedback": True, "rules": rules},
        worker_limits={"share": 12.5, "money": 1},
    )  # fmt: skip

    done = owner.post(URL, unchanged(owner), follow=True)

    assert b"No changes." in done.content
    assert not JobChange.objects.exists()
    assert change_form.texts(job)["gold_below"] == "0.6"


def test_unposted_fields_stay(owner, ask):
    job = ask(late_answers_paid=True, gold={"share": 0.1}, priority=2)

    owner.post(URL, {"price": "0.036"})

    job.refresh_from_db()
    assert (str(job.price), job.late_answers_paid, job.gold["share"], job.priority) == ("0.036", True, 0.1, 2)


def test_empty_field_is_removed(owner, ask):
    job = ask(deadline="2026-12-01T12:00Z", worker_limits={"answers": 3}, template=PAGE)

    owner.post(URL, unchanged(owner) | {"deadline": "", "limit_answers": "", "template": ""})

    job.refresh_from_db()
    assert (job.deadline, job.worker_limits, job.template) == (None, {}, None)


def test_shows_errors_beside_fields(owner, ask):
    job = ask()
    wrong = {"price": "much", "gold_share": "0.9", "limit_hours": "-1", "deadline": "soon", "priority": "5"}

    refused = owner.post(URL, unchanged(owner) | wrong)

    page = refused.content.decode()
    assert refused.status_code == 422
    assert '<a href="#id_price">Price per task</a>: must be an amount' in page
    assert '<a href="#id_gold_share">Share of gold questions</a>' in page
    assert '<a href="#id_limit_hours">Maximum hours per worker</a>' in page
    assert "price: " not in page
    assert wrong.items() <= Inputs(page).posted.items()
    job.refresh_from_db()
    assert (str(job.price), job.priority) == ("0.012", 0)


def test_shows_shortage_at_price(owner, ask):
    ask()

    refused = owner.post(URL, {"price": "900", "workers_per_object": "9"})

    assert refused.status_code == 422
    assert '<a href="#id_price">' in refused.content.decode()


def test_refuses_ended_job(owner, alice, ask, now):
    job = ask()
    stop.stop(viewer=alice, job=job, now=now)

    for response in (owner.get(URL, follow=True), owner.post(URL, {"price": "0.036"}, follow=True)):
        assert "can no longer be changed" in response.content.decode()


def test_refuses_role_without_right(client, alice, ask):
    ask()
    user = User.objects.create_user("vera@example.org")
    Member.objects.create(requester=alice.requester, user=user, role=Role.VIEWER)
    client.force_login(user)

    assert client.get(URL).status_code == 403
    assert client.post(URL, {"price": "0.036"}).status_code == 403


def test_offers_teams_of_same_workforce(owner, ask, bob):
    ask()
    setup.team(viewer=bob, name="foreign", description="Of another requester")

    assert "foreign" not in owner.get(URL).content.decode()


def test_new_form_opens_gold_with_errors(owner, ask):
    page = owner.post("/jobs/new/", {"check": "", "gold_share": "0.9"}).content.decode()

    assert '<a href="#id_gold_share">Share of gold questions</a>' in page
    group = page[: page.index('id="id_gold_share"')].rpartition("<details")[2]
    assert group.lstrip().startswith("open")


def test_focus_goes_to_first_fault(owner, ask):
    ask(deadline="2099-12-01T12:00Z")

    page = owner.post(URL, unchanged(owner) | {"priority": "soon", "deadline": "soon"}).content.decode()

    assert page.count("autofocus") == 1
    [focused] = [part for part in page.split("<input") if "autofocus" in part.partition(">")[0]]
    assert 'aria-invalid="true"' in focused.partition(">")[0]
    assert "<details open>" in page
