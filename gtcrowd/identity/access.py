"""Who is calling, as a member of a requester: from a session, or on behalf of a person."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from gtcrowd.identity.models import Member, Requester, User
from gtcrowd.identity.roles import RIGHTS, NotAllowed, Right


@dataclass(frozen=True)
class Viewer:
    """The caller as member of one requester: a person's session or a program's access key."""

    requester: Requester
    role: str
    user: User | None = None

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]

    def must(self, right: Right) -> None:
        """Raise NotAllowed unless the role has `right`."""
        if not self.may(right):
            raise NotAllowed(right)


def memberships(user: User) -> QuerySet[Member]:
    """Return the requesters a person belongs to, with their role, in the order they joined."""
    return user.memberships.select_related("requester").order_by("id")


def viewer_of(request: HttpRequest) -> Viewer | None:
    """Return the signed-in caller as a member: of the requester chosen in the session, else of their first one."""
    if not request.user.is_authenticated:
        return None
    if not hasattr(request, "_viewer"):
        request._viewer = viewer_for(request.user, request.session.get("requester"))  # type: ignore[attr-defined]
    result: Viewer | None = request._viewer  # type: ignore[attr-defined]
    return result


def viewer_for(user: User, requester_id: int | None = None) -> Viewer | None:
    """Return `user` as a member of `requester_id` if they are one, else of the first requester they joined."""
    return next(iter(viewers_for(user, requester_id)), None)


def viewers_for(user: User, requester_id: int | None = None) -> list[Viewer]:
    """Return `user` as a member of each requester they belong to: `requester_id` first, then as they joined."""
    viewers = [Viewer(requester=member.requester, role=member.role, user=user) for member in memberships(user)]
    return sorted(viewers, key=lambda viewer: viewer.requester.pk != requester_id)


def is_member(request: HttpRequest) -> bool:
    """Return whether the caller is a member of a requester."""
    return viewer_of(request) is not None


def context(request: HttpRequest) -> dict[str, Any]:
    """Return the context of every page, evaluated only where a template asks.

    `viewer` is the caller as a member, or None; `may` is what the role allows, as in `may.create_jobs`, so that no
    button is shown that would be refused.
    """

    def may() -> dict[str, bool]:
        viewer = viewer_of(request)
        return {right.name.lower(): viewer is not None and viewer.may(right) for right in Right}

    return {"viewer": lambda: viewer_of(request), "may": may}
