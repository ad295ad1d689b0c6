"""Who may take no more tasks of a job."""

import pytest

from gtcrowd.tasks.allocation import claim

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("limits", "answers"), [({"answers": 2}, 2), ({"share": 50}, 2), ({"money": 0.03}, 2), ({"hours": 0.01}, 4)]
)
def test_worker_limit_caps_assignments(ask, hire, answer, now, limits, answers):
    job, cleo = ask(*"abcd", worker_limits=limits), hire("cleo")

    for done in range(4):
        if done == answers:
            with pytest.raises(claim.NothingToDo) as nothing:
                answer(cleo, job)
            assert nothing.value.reason_code == "limit-reached"
            break
        answer(cleo, job, seconds=9)


def test_excludes_workers_of_other_job(ask, hire, answer):
    cleo, dan = hire("cleo"), hire("dan")
    first = ask("a", name="first")
    answer(cleo, first)
    second = ask("b", name="second", excluded_jobs=["FIRST"])

    with pytest.raises(claim.NothingToDo) as nothing:
        answer(cleo, second)
    assert nothing.value.reason_code == "worked-elsewhere"
    assert answer(dan, second)
