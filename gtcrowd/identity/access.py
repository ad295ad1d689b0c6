"""Which rows a caller may see, and what a caller may do. Every edge begins with a queryset from here."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest

    from gtcrowd.identity.models import Member, Requester, User


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    REQUESTER = "requester", _("Requester")
    OPERATIONS = "operations", _("Operations")
    VIEWER = "viewer", _("Viewer")


class Right(models.TextChoices):
    """What a member may do; seeing is for every member of the requester."""

    CREATE_JOBS = "create-jobs", _("create, stop and price jobs")
    MANAGE_WORKERS = "manage-workers", _("invite and suspend workers, create teams")
    MANAGE_MEMBERS = "manage-members", _("manage members, access keys and funds")


RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.REQUESTER: frozenset({Right.CREATE_JOBS, Right.MANAGE_WORKERS}),
    Role.OPERATIONS: frozenset({Right.MANAGE_WORKERS}),
    Role.VIEWER: frozenset(),
}


class NotAllowed(Exception):
    """The caller sees the thing but may not do this with it."""

    def __init__(self, right: Right) -> None:
        self.right = right
        super().__init__(_("Your role does not allow you to %(right)s.") % {"right": right.label})


@dataclass(frozen=True)
class Viewer:
    """The caller as member of one requester: a person's session or a program's access key."""

    requester: "Requester"
    role: str
    user: "User | None" = None

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]

    def must(self, right: Right) -> None:
        """Raise NotAllowed unless the role has `right`."""
        if not self.may(right):
            raise NotAllowed(right)


class TenantQuerySet(models.QuerySet[Any]):
    """Rows that belong to a requester. `tenant` on the model names the way to it, `requester` by default."""

    default_way: ClassVar[str] = "requester"

    def visible_to(self, viewer: Viewer) -> Self:
        """The rows of the viewer's requester; all others do not exist for this caller (404)."""
        way = getattr(self.model, "tenant", self.default_way)
        return self.filter(**{way: viewer.requester})


def memberships(user: "User") -> "models.QuerySet[Member]":
    """The requesters a person belongs to, with their role, in the order they joined."""
    return user.memberships.select_related("requester").order_by("id")


def viewer_of(request: "HttpRequest") -> Viewer | None:
    """The signed-in caller as a member: of the requester chosen in the session, else of their first one."""
    if not request.user.is_authenticated:
        return None
    if not hasattr(request, "_viewer"):
        request._viewer = viewer_for(request.user, request.session.get("requester"))  # type: ignore[attr-defined]
    result: Viewer | None = request._viewer  # type: ignore[attr-defined]
    return result


def viewer_for(user: "User", requester_id: int | None = None) -> Viewer | None:
    """`user` as a member of `requester_id` if they are one, else of the first requester they joined."""
    return next(iter(viewers_for(user, requester_id)), None)


def viewers_for(user: "User", requester_id: int | None = None) -> list[Viewer]:
    """`user` as a member of each requester they belong to: `requester_id` first, the others as they were joined."""
    viewers = [Viewer(requester=member.requester, role=member.role, user=user) for member in memberships(user)]
    return sorted(viewers, key=lambda viewer: viewer.requester.pk != requester_id)


def is_member(request: "HttpRequest") -> bool:
    """Return whether the caller is a member of a requester."""
    return viewer_of(request) is not None


def context(request: "HttpRequest") -> dict[str, Any]:
    """For every page, evaluated only where a template asks: `viewer`, the caller as a member, or None; and `may`,
    what the role allows, as in `may.create_jobs`, so that no button is shown that would be refused."""

    def may() -> dict[str, bool]:
        viewer = viewer_of(request)
        return {right.name.lower(): viewer is not None and viewer.may(right) for right in Right}

    return {"viewer": lambda: viewer_of(request), "may": may}
