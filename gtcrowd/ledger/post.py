"""Post a transaction: exactly once per reference, and summing to zero."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from gtcrowd.ledger.models import Account
from gtcrowd.platform import sql

PLACES = Decimal("0.001")

POST = """
WITH leg AS (
    SELECT account.id AS account_id, leg.amount
    FROM unnest(%(names)s::text[], %(amounts)s::numeric[]) AS leg(name, amount)
    JOIN ledger_account account ON account.name = leg.name
), posted AS (
    INSERT INTO ledger_transaction (reference, happened_at) SELECT %(reference)s::text, %(now)s::timestamptz
    WHERE (SELECT count(*) FROM leg) = %(legs)s
    ON CONFLICT (reference) DO NOTHING RETURNING id
), entered AS (
    INSERT INTO ledger_entry (transaction_id, account_id, amount)
    SELECT posted.id, leg.account_id, leg.amount FROM posted, leg ORDER BY leg.account_id
)
SELECT (SELECT count(*) FROM leg), (SELECT count(*) FROM posted)
"""
"""One statement, for it goes with every answer. Entries come in the order of locks: accounts by id."""


def post(*, reference: str, legs: Mapping[str, Decimal], now: datetime) -> bool:
    """Move money between the named accounts: `legs` says what each gains (positive) or gives (negative).

    Returns False, and moves nothing, if a transaction with this reference stands already. Legs of zero are
    left out. Raises ValueError for an amount finer than a thousandth; the database refuses legs that do not
    sum to zero when the surrounding transaction commits.
    """
    moved = {name: _exact(amount) for name, amount in legs.items() if amount}
    if not moved:
        return False
    names, amounts = list(moved), list(moved.values())
    while True:
        ((existing, posted),) = sql.rows(
            POST, reference=reference, now=now, legs=len(moved), names=names, amounts=amounts
        )
        if existing == len(moved):
            return bool(posted)
        account_ids(moved)


def account_ids(names: Mapping[str, object] | list[str]) -> dict[str, int]:
    """Ids of the named accounts, which come to be with their first use."""
    ids = dict(Account.objects.filter(name__in=list(names)).values_list("name", "id"))
    missing = [name for name in names if name not in ids]
    if not missing:
        return ids
    with transaction.atomic():
        Account.objects.bulk_create([Account(name=name) for name in missing], ignore_conflicts=True)
    return dict(Account.objects.filter(name__in=list(names)).values_list("name", "id"))


def _exact(amount: Decimal) -> Decimal:
    if amount != amount.quantize(PLACES):
        raise ValueError(f"{amount} has more than three decimal places")
    return amount
