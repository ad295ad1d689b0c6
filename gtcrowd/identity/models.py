"""Who is calling: people, requesters (the tenants), their members, invitations, and access keys for programs."""

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from gtcrowd.identity.roles import Role
from gtcrowd.identity.tenancy import TenantQuerySet
from gtcrowd.ledger.models import MONEY


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person who signs in with an e-mail address; what they may do follows from memberships alone."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("person")
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="an_email_is_lower_case")]

    def __str__(self) -> str:
        return self.name or self.email


class Requester(models.Model):
    """A tenant: who asks for labels and pays for them. Every row of the service belongs to one."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    min_price = models.DecimalField(
        **MONEY, default=0, help_text=_("Minimum price per task for prices outside the price list.")
    )
    max_price = models.DecimalField(**MONEY, default=10)
    credit = models.DecimalField(
        **MONEY, default=0, help_text=_("How far the balance may fall below zero when a budget is reserved.")
    )
    max_workers_per_object = models.PositiveSmallIntegerField(default=9)
    max_concurrent_objects = models.PositiveIntegerField(
        default=5000, help_text=_("Maximum concurrent objects per job.")
    )
    time_zone = models.CharField(
        _("time zone"), max_length=40, blank=True, default="", db_default="",
        help_text=_("Defines where days begin and end. Default: the time zone of the service."),
    )  # fmt: skip
    script_origins = models.JSONField(
        default=list, help_text=_("Other origins that the requester's task templates may use.")
    )
    hook_secret = models.BinaryField(null=True, help_text=_("Secret that signs calls of hooks, encrypted."))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("requester")

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> str:
        """Name of the time zone of this requester's days."""
        return self.time_zone or settings.TIME_ZONE


class Bucket(models.Model):
    """A bucket of the object store, which only this requester's jobs may read from and write to."""

    name = models.CharField(max_length=63, unique=True)
    requester = models.ForeignKey(Requester, on_delete=models.PROTECT, related_name="buckets")

    class Meta:
        verbose_name = _("bucket")

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A person's role with a requester; the role decides what they may do (identity.roles)."""

    requester = models.ForeignKey(Requester, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        constraints = [models.UniqueConstraint(fields=["requester", "user"], name="one_role_per_member")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class Invitation(models.Model):
    """A one-time link by which a person sets a password. Only a hash of what the link carries is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("invitation")

    def __str__(self) -> str:
        return f"{self.user} until {self.expires_at:%Y-%m-%d}"


class AccessKey(models.Model):
    """Id and secret with which a program calls. The secret is kept encrypted, not hashed: signing needs it."""

    requester = models.ForeignKey(Requester, on_delete=models.CASCADE, related_name="access_keys")
    key_id = models.CharField(max_length=20, unique=True)
    secret = models.BinaryField()
    name = models.CharField(_("name"), max_length=60)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.VIEWER)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("access key")

    def __str__(self) -> str:
        return self.key_id
