"""More time for a task."""

from datetime import timedelta

import pytest

from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.lifecycle import extend_lease

pytestmark = pytest.mark.django_db


def test_extends_lease_until_reassigned(ask, hire, now):
    job, cleo = ask("a", workers_per_object=1, time_limit=60), hire("cleo")
    held = claim.next_assignment(worker=cleo, job=job, now=now)

    assert extend_lease.extend(assignment=held, now=now + timedelta(seconds=50)) == now + timedelta(seconds=110)
    other = claim.next_assignment(worker=hire("dan"), job=job, now=now + timedelta(seconds=111))
    with pytest.raises(extend_lease.NotExtended):
        extend_lease.extend(assignment=held, now=now + timedelta(seconds=112))
    assert other.task_id == held.task_id
