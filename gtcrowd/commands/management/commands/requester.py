"""Create a requester, add members or deposit funds: `gtcrowd requester SLUG`."""

from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug
from django.utils import timezone

from gtcrowd.identity import invitations, zones
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import Requester, User
from gtcrowd.identity.roles import Role
from gtcrowd.ledger import balance, hold, names
from gtcrowd.workforce import setup


class Command(BaseCommand):
    help = "Create a requester, add members and deposit funds. Prints one-time links for members without a password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "slug", help="short name of lowercase letters, digits and hyphens; also the name of its bucket"
        )
        parser.add_argument("--name", help="full name (default: the slug)")
        parser.add_argument("--member", action="append", default=[], metavar="EMAIL:ROLE",
                            help="add a member; roles: owner, requester, operations, viewer")  # fmt: skip
        parser.add_argument("--deposit", metavar="AMOUNT", help="amount to deposit, such as 100.000")
        parser.add_argument("--time-zone", help="time zone of its days, such as Asia/Seoul; totals are computed again")
        parser.add_argument(
            "--reference",
            help="reference of the deposit; a repeated reference has no effect (default: the current time)",
        )

    def handle(self, *, slug: str, name: str | None, member: list[str], **options: Any) -> None:
        validate_slug(slug)
        now = timezone.now()
        requester = Requester.objects.filter(slug=slug).first() or setup.requester(slug=slug, name=name or slug)
        for member_role in member:
            email, _colon, role = member_role.partition(":")
            if role not in Role.values:
                raise CommandError(f"{member_role}: {role!r} is not a role. Roles: {', '.join(Role.values)}.")
            user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(email)
            setup.member(requester=requester, user=user, role=role)
            if not user.has_usable_password():
                link = f"{settings.GTCROWD_URL}/join/{invitations.create(user, now=now)}/"
                self.stdout.write(f"{email} can set a password at {link}")
        if options["time_zone"] is not None:
            try:
                zones.change(viewer=Viewer(requester=requester, role=Role.OWNER), name=options["time_zone"])
            except zones.UnknownZone as unknown:
                raise CommandError(str(unknown)) from unknown
        if options["deposit"]:
            reference = f"{slug}:{options['reference'] or now.isoformat()}"
            hold.deposit(requester_id=requester.pk, amount=_amount(options["deposit"]), reference=reference, now=now)
        funds = balance.balance(names.funds(requester.pk))
        self.stdout.write(f"{requester.name}: {requester.members.count()} members, funds {funds}")


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise CommandError(f"{text} is not an amount. Enter a number such as 100.000.") from error
    if not amount.is_finite() or amount <= 0 or amount != amount.quantize(Decimal("0.001")):
        raise CommandError(
            f"{text} is not a valid amount. Enter a number greater than zero with at most three decimal places."
        )
    return amount
