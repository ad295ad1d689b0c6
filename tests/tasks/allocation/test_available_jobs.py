"""The list of jobs that a worker can work on."""

from datetime import timedelta
from decimal import Decimal

import pytest

from gtcrowd.tasks.allocation import available_jobs

pytestmark = pytest.mark.django_db


def test_offers_show_pay_and_open_tasks(ask, hire, answer, now):
    job, cleo = ask("a", "b"), hire("cleo")
    answer(cleo, job, seconds=36)

    (offer,) = available_jobs.offers(cleo.user, now=now)

    assert (offer.waiting, offer.submitted, offer.pay_per_hour) == (1, 1, Decimal("1.20"))


def test_orders_jobs_by_priority_deadline_pay(ask, hire, now):
    soon = (now + timedelta(days=1)).isoformat()
    ask("a", name="plain")
    ask("a", name="pays", price="0.036")
    ask("a", name="due", deadline=soon)
    ask("a", name="urgent", priority=5)

    turn = [offer.job.name for offer in available_jobs.offers(hire("cleo").user, now=now)]

    assert turn == ["urgent", "due", "pays", "plain"]
