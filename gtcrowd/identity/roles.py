"""What the members of a requester may do: roles, and the rights of each."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    """The caller can see the object but may not do this with it."""

    def __init__(self, right: Right) -> None:
        self.right = right
        super().__init__(_("Your role does not allow you to %(right)s.") % {"right": right.label})
