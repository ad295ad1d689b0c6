"""What an account holds: the sum of its entries."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Sum

from gtcrowd.ledger.models import Account, Entry

ZERO = Decimal("0.000")


def balance(name: str) -> Decimal:
    return Entry.objects.filter(account__name=name).aggregate(held=Sum("amount"))["held"] or ZERO


def balances(names: Iterable[str]) -> dict[str, Decimal]:
    """The balance of each named account, zero for one that was never used."""
    accounts = list(names)
    balances = (
        Account.objects.filter(name__in=accounts).annotate(held=Sum("entries__amount")).values_list("name", "held")
    )
    return dict.fromkeys(accounts, ZERO) | {name: held or ZERO for name, held in balances}


def trial_balance() -> Decimal:
    """The sum of all entries there are. Anything but zero is a defect."""
    return Entry.objects.aggregate(total=Sum("amount"))["total"] or ZERO
