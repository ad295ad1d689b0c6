"""Budgets: set aside from a requester's funds when a job is created, and what is left given back at its end."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from gtcrowd.ledger import balance, names, post
from gtcrowd.ledger.models import Account


class InsufficientFunds(Exception):
    """The funds, with the credit granted, do not cover the budget."""

    def __init__(self, *, needed: Decimal, available: Decimal) -> None:
        self.needed, self.available = needed, available
        super().__init__(
            _("The job needs %(needed)s, but only %(available)s is available. Add funds or lower the price.")
            % {"needed": needed, "available": available}
        )


def deposit(*, requester_id: int, amount: Decimal, reference: str, now: datetime) -> bool:
    """A payment from outside into a requester's funds, once per reference."""
    legs = {names.DEPOSITS: -amount, names.funds(requester_id): amount}
    return post.post(reference=f"deposit:{reference}", legs=legs, now=now)


def hold(*, requester_id: int, job_id: int, amount: Decimal, credit: Decimal, now: datetime) -> None:
    """Set `amount` aside for a job. Raises InsufficientFunds if the funds would fall below -`credit`."""
    funds, purse = names.funds(requester_id), names.hold(job_id)
    with transaction.atomic():
        ids = post.account_ids([funds, purse])
        # Two jobs at once must not both spend the same funds.
        Account.objects.select_for_update(no_key=True).get(pk=ids[funds])
        available = balance.balance(funds) + credit
        if amount > available:
            raise InsufficientFunds(needed=amount, available=available)
        post.post(reference=f"hold:{job_id}", legs={funds: -amount, purse: amount}, now=now)


def adjust(*, requester_id: int, job_id: int, needed: Decimal, credit: Decimal, reference: str, now: datetime) -> None:
    """Bring a job's budget to `needed`, once per reference: more is held, or some is given back.

    Raises InsufficientFunds if the funds would fall below -`credit`.
    """
    with transaction.atomic():
        _lock(requester_id, job_id)
        amount = needed - balance.balance(names.hold(job_id))
        add(requester_id=requester_id, job_id=job_id, amount=amount, credit=credit, reference=reference, now=now)


def add(*, requester_id: int, job_id: int, amount: Decimal, credit: Decimal, reference: str, now: datetime) -> None:
    """Add to a job's budget, once per reference. Raises InsufficientFunds as `hold` does."""
    with transaction.atomic():
        _lock(requester_id, job_id)
        available = balance.balance(names.funds(requester_id)) + credit
        if amount > 0 and amount > available:
            raise InsufficientFunds(needed=amount, available=available)
        legs = {names.funds(requester_id): -amount, names.hold(job_id): amount}
        post.post(reference=f"hold:{job_id}:{reference}", legs=legs, now=now)


def _lock(requester_id: int, job_id: int) -> None:
    ids = post.account_ids([names.funds(requester_id), names.hold(job_id)])
    list(Account.objects.select_for_update(no_key=True).filter(pk__in=ids.values()).order_by("pk"))


def charge(*, job_id: int, worker_id: int, amount: Decimal, reference: str, now: datetime) -> bool:
    """Pay a worker for an answer from the job's budget, once per reference."""
    legs = {names.hold(job_id): -amount, names.earned(worker_id): amount}
    return post.post(reference=reference, legs=legs, now=now)


def charge_funds(*, requester_id: int, worker_id: int, amount: Decimal, reference: str, now: datetime) -> bool:
    """Pay a worker from the requester's funds: for an answer beyond those the budget was held for."""
    legs = {names.funds(requester_id): -amount, names.earned(worker_id): amount}
    return post.post(reference=reference, legs=legs, now=now)


def pay_fee(*, job_id: int, amount: Decimal, now: datetime) -> None:
    """Pay the service's fee for a job's labeled objects from its budget, once."""
    post.post(reference=f"fee:{job_id}", legs={names.hold(job_id): -amount, names.FEES: amount}, now=now)


def release(*, requester_id: int, job_id: int, now: datetime) -> Decimal:
    """Give back what is left of a job's budget, once; returns the amount."""
    purse = names.hold(job_id)
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).filter(name=purse).first()
        rest = balance.balance(purse)
        post.post(reference=f"release:{job_id}", legs={purse: -rest, names.funds(requester_id): rest}, now=now)
    return rest
