from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gtcrowd.ledger import balance, hold, names, post, pricing
from gtcrowd.ledger.models import Entry

pytestmark = pytest.mark.django_db


def test_money_moves_once_per_reference(now):
    legs = {"a": Decimal("-1.500"), "b": Decimal("1.500")}

    assert post.post(reference="r", legs=legs, now=now)
    assert not post.post(reference="r", legs=legs, now=now)
    assert balance.balances(["a", "b", "c"]) == {"a": Decimal("-1.5"), "b": Decimal("1.5"), "c": 0}


@pytest.mark.django_db(transaction=True)
def test_database_refuses_unbalanced_entries(now):
    with pytest.raises(IntegrityError, match="do not sum to zero"), transaction.atomic():
        post.post(reference="r", legs={"a": Decimal(1), "b": Decimal(-2)}, now=now)

    assert balance.trial_balance() == 0


def test_database_refuses_changed_entry(now):
    post.post(reference="r", legs={"a": Decimal(1), "b": Decimal(-1)}, now=now)

    for change in ("UPDATE ledger_entry SET amount = 9", "DELETE FROM ledger_entry"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_refuses_amounts_below_a_thousandth(now):
    with pytest.raises(ValueError, match="three decimal places"):
        post.post(reference="r", legs={"a": Decimal("0.0001"), "b": Decimal("-0.0001")}, now=now)


def test_holds_charges_and_releases_budget(now):
    hold.deposit(requester_id=1, amount=Decimal(10), reference="d", now=now)
    hold.hold(requester_id=1, job_id=7, amount=Decimal(6), credit=Decimal(0), now=now)
    hold.charge(job_id=7, worker_id=3, amount=Decimal("2.5"), reference="answer:1", now=now)

    rest = hold.release(requester_id=1, job_id=7, now=now)

    assert rest == Decimal("3.5")
    assert balance.balance(names.funds(1)) == Decimal("7.5")
    assert balance.balance(names.earned(3)) == Decimal("2.5")


def test_refuses_budget_beyond_funds(now):
    with pytest.raises(hold.InsufficientFunds) as refused:
        hold.hold(requester_id=1, job_id=7, amount=Decimal(6), credit=Decimal(5), now=now)

    assert (refused.value.needed, refused.value.available) == (6, 5)
    assert not Entry.objects.exists()


AMOUNT = st.decimals("0.001", "999", places=3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("def"), AMOUNT, st.integers(0, 9)), max_size=12))
def test_any_postings_sum_to_zero(now, moves):
    for giver, taker, amount, reference in moves:
        post.post(reference=f"p{reference}", legs={giver: -amount, taker: amount}, now=now)

    assert balance.trial_balance() == 0


def test_cost_matches_table():
    def cost(workers, price, fee):
        details = {"objects": 100, "workers_per_object": workers}
        return pricing.job_cost(**details, price=Decimal(price), fee_per_object=Decimal(fee)).total

    assert cost(3, "0.012", "0") == Decimal("3.6")
    assert cost(5, "0.036", "0.08") == Decimal(26)


def test_price_tiers_match_ground_truth():
    below, above = "0.012 0.024 0.036 0.048 0.060 0.072", "0.120 0.240 0.360 0.480 0.600 0.720 0.840 0.960 1.080 1.200"

    assert [str(price) for price in pricing.LADDER] == [*below.split(), *above.split()]
