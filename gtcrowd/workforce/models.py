"""Who may label: workforces of three kinds, their teams and their workers."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import Requester
from gtcrowd.platform.reasons import WithReason


class WorkforceType(models.TextChoices):
    PUBLIC = "public", _("Public")
    PRIVATE = "private", _("Private")
    VENDOR = "vendor", _("Vendor")


class WorkerState(models.TextChoices):
    INVITED = "invited", _("Invited")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")


def worker_code() -> str:
    """The pseudonym by which other rooms and tenants know a worker."""
    return secrets.token_hex(8)


def _open_to(viewer: Viewer, way: str) -> Q:
    """Which workforces a requester may use: its own private one, vendors it subscribed to, the public pool."""
    return (
        Q(**{f"{way}requester": viewer.requester})
        | Q(**{f"{way}subscriptions__requester": viewer.requester})
        | Q(**{f"{way}type": WorkforceType.PUBLIC})
    )


class WorkforceQuerySet(models.QuerySet["Workforce"]):
    def visible_to(self, viewer: Viewer) -> "WorkforceQuerySet":
        return self.filter(_open_to(viewer, "")).distinct()

    def managed_by(self, user_id: int) -> "WorkforceQuerySet":
        """A vendor manager's own workforces."""
        return self.filter(managers=user_id)


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, viewer: Viewer) -> "TeamQuerySet":
        return self.filter(_open_to(viewer, "workforce__")).distinct()

    def of_person(self, user_id: int) -> "TeamQuerySet":
        """Teams in which the person may work now."""
        return self.filter(workers__user=user_id, workers__state=WorkerState.ACTIVE).distinct()


class WorkerQuerySet(models.QuerySet["Worker"]):
    def visible_to(self, viewer: Viewer) -> "WorkerQuerySet":
        """The requester's own private workers; those of vendors and the public are seen only by code, in results."""
        return self.filter(workforce__requester=viewer.requester)

    def managed_by(self, user_id: int) -> "WorkerQuerySet":
        """A vendor manager's own people."""
        return self.filter(workforce__managers=user_id)

    def of_person(self, user_id: int) -> "WorkerQuerySet":
        """A person's own places, in those workforces where they may work now."""
        return self.filter(user=user_id, state=WorkerState.ACTIVE)


class Workforce(models.Model):
    """Private: one per requester. Vendor: run by its managers. Public: the one open pool."""

    type = models.CharField(max_length=8, choices=WorkforceType.choices)
    name = models.CharField(_("name"), max_length=63)
    requester = models.ForeignKey(Requester, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    managers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkforceQuerySet.as_manager()

    class Meta:
        verbose_name = _("workforce")
        constraints = [
            models.UniqueConstraint(
                fields=["requester"], condition=Q(type="private"), name="one_private_workforce_per_requester"
            ),
            models.UniqueConstraint(fields=["type"], condition=Q(type="public"), name="one_public_pool"),
            models.UniqueConstraint(Lower("name"), condition=Q(type="vendor"), name="a_vendor_has_one_name"),
            models.CheckConstraint(
                condition=Q(type="private", requester__isnull=False) | Q(~Q(type="private"), requester__isnull=True),
                name="only_a_private_workforce_has_a_requester",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """A requester who may give jobs to a vendor's teams."""

    requester = models.ForeignKey(Requester, on_delete=models.CASCADE, related_name="+")
    workforce = models.ForeignKey(Workforce, on_delete=models.CASCADE, related_name="subscriptions")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("vendor subscription")
        constraints = [models.UniqueConstraint(fields=["requester", "workforce"], name="one_subscription_per_vendor")]

    def __str__(self) -> str:
        return f"{self.requester} ← {self.workforce}"


class Worker(WithReason, models.Model):
    """A person's place in a workforce. `code` is the pseudonym; the name stays with those who manage the workforce."""

    workforce = models.ForeignKey(Workforce, on_delete=models.PROTECT, related_name="workers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=16, unique=True, default=worker_code)
    state = models.CharField(max_length=9, choices=WorkerState.choices, default=WorkerState.INVITED)
    invited_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField(null=True)
    gold_seen = models.PositiveIntegerField(default=0, help_text=_("Gold questions answered, in all jobs."))
    gold_right = models.PositiveIntegerField(default=0)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker")
        constraints = [
            models.UniqueConstraint(fields=["workforce", "user"], name="one_worker_per_person_and_workforce"),
        ]

    def __str__(self) -> str:
        return self.code


class Team(models.Model):
    """Part of a workforce that a job is given to; a worker may be in several."""

    workforce = models.ForeignKey(Workforce, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(_("name"), max_length=63)
    description = models.CharField(_("description"), max_length=200)
    workers = models.ManyToManyField(Worker, related_name="teams", through="TeamWorker")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        constraints = [models.UniqueConstraint("workforce", Lower("name"), name="one_team_per_name_and_workforce")]

    def __str__(self) -> str:
        return self.name


class TeamWorker(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "worker"], name="a_worker_is_once_in_a_team")]

    def __str__(self) -> str:
        return f"{self.team}: {self.worker}"
