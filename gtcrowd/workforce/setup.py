"""Found workforces and teams."""

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from gtcrowd import plain_text
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import Bucket, Member, Requester, User
from gtcrowd.identity.roles import Right
from gtcrowd.workforce.models import Subscription, Team, Worker, WorkerState, Workforce, WorkforceType

EVERYONE = "everyone"
MOST_TEAMS = 25
NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


class TeamRefused(Exception):
    """The team cannot be formed; `field` and the text say what is wrong."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        super().__init__(problem)


def private(requester: Requester) -> Workforce:
    """The requester's private workforce, founded with a team for everybody if there is none yet."""
    with transaction.atomic():
        workforce, created = Workforce.objects.get_or_create(
            type=WorkforceType.PRIVATE, requester=requester, defaults={"name": requester.slug}
        )
        if created:
            Team.objects.create(workforce=workforce, name=EVERYONE, description=_("All workers of this workforce"))
    return workforce


def public() -> Workforce:
    """The one public pool, with its one team."""
    with transaction.atomic():
        workforce, created = Workforce.objects.get_or_create(
            type=WorkforceType.PUBLIC, defaults={"name": "public-crowd"}
        )
        if created:
            Team.objects.create(
                workforce=workforce, name="public-crowd", description=_("All workers of the public workforce")
            )
    return workforce


def vendor(*, name: str, managers: list[User]) -> Workforce:
    """A vendor's workforce, run by its managers; requesters subscribe to it."""
    with transaction.atomic():
        workforce, _made = Workforce.objects.get_or_create(type=WorkforceType.VENDOR, name=name)
        workforce.managers.set(managers)
        Team.objects.get_or_create(workforce=workforce, name=name, defaults={"description": name})
    return workforce


def subscribe(*, viewer: Viewer, workforce: Workforce) -> None:
    """Let the requester give jobs to the vendor's teams."""
    viewer.must(Right.MANAGE_WORKERS)
    Subscription.objects.get_or_create(requester=viewer.requester, workforce=workforce)


def team(*, viewer: Viewer, name: str, description: str) -> Team:
    """Form a team of the requester's private workforce. Raises TeamRefused, NotAllowed."""
    viewer.must(Right.MANAGE_WORKERS)
    if not NAME.fullmatch(name or ""):
        raise TeamRefused(
            "name",
            _("must have 1 to 63 letters (a–z, A–Z), digits or hyphens, and begin and end with a letter or digit."),
        )
    description = plain_text.name(description or "")
    if not 1 <= len(description) <= 200 or plain_text.has_control_characters(description):
        raise TeamRefused("description", _("must have 1 to 200 characters."))
    with transaction.atomic():
        workforce = Workforce.objects.select_for_update(no_key=True).get(pk=private(viewer.requester).pk)
        if Team.objects.visible_to(viewer).filter(name__iexact=name).exists():
            raise TeamRefused("name", _("is already used by another of your teams."))
        if workforce.teams.count() >= MOST_TEAMS:
            raise TeamRefused("name", _("A workforce can have at most %(most)s teams.") % {"most": MOST_TEAMS})
        return Team.objects.create(workforce=workforce, name=name, description=description)


def join_team(*, viewer: Viewer, worker: Worker, team: Team) -> None:
    """Put a worker into a team of the same workforce. Raises TeamRefused, NotAllowed."""
    viewer.must(Right.MANAGE_WORKERS)
    if team.workforce_id != worker.workforce_id:
        raise TeamRefused("team", _("belongs to another workforce."))
    team.workers.add(worker)


def leave_team(*, viewer: Viewer, worker: Worker, team: Team) -> None:
    """Take a worker out of a team; they may finish the current task. Raises TeamRefused, NotAllowed."""
    viewer.must(Right.MANAGE_WORKERS)
    if team.name == EVERYONE:
        raise TeamRefused("team", _("has all workers of the workforce. Suspend the worker instead."))
    team.workers.remove(worker)


def requester(*, slug: str, name: str) -> Requester:
    """A new tenant, with its private workforce, and a bucket named like its slug."""
    with transaction.atomic():
        new_requester = Requester.objects.create(slug=slug, name=name)
        Bucket.objects.create(name=slug, requester=new_requester)
        private(new_requester)
    return new_requester


def member(*, requester: Requester, user: User, role: str) -> Member:
    """Give a person a role with a requester, or another one than before."""
    row, _created = Member.objects.update_or_create(requester=requester, user=user, defaults={"role": role})
    return row


def add_worker(*, workforce: Workforce, user: User, now: datetime, teams: tuple[Team, ...] = ()) -> Worker:
    """An active worker without an invitation: for simulated and replayed crowds."""
    worker, _created = Worker.objects.get_or_create(
        workforce=workforce, user=user, defaults={"state": WorkerState.ACTIVE, "joined_at": now}
    )
    for team_ in teams:
        team_.workers.add(worker)
    return worker
