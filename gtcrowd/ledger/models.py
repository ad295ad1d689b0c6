"""Who owes whom: accounts, and transactions whose entries sum to zero."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 3}
"""Every amount: Decimal, three places, in the one currency of the installation."""


class Account(models.Model):
    """A purse with a name, such as `job:17/hold`. Its balance is the sum of its entries, never a column."""

    name = models.CharField(max_length=120, unique=True)

    class Meta:
        verbose_name = _("account")

    def __str__(self) -> str:
        return self.name


class Transaction(models.Model):
    """Money that moved at once. `reference` says why, and doing the same thing twice does it once."""

    reference = models.CharField(max_length=120, unique=True)
    happened_at = models.DateTimeField()

    class Meta:
        verbose_name = _("transaction")

    def __str__(self) -> str:
        return self.reference


class Entry(models.Model):
    """One leg of a transaction: what `account` gained (positive) or gave (negative). Never changed."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries", db_index=False)
    amount = models.DecimalField(**MONEY)

    class Meta:
        verbose_name = _("entry")
        indexes = [models.Index(fields=["account"], include=["amount"], name="entry_account_amount")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="an_entry_moves_money"),
            models.UniqueConstraint(fields=["transaction", "account"], name="one_entry_per_account_and_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount}"
