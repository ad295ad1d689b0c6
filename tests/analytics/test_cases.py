"""Planted drift, speeders and rings are found; ordinary crowds are left in peace; nothing follows from a case alone."""

import numpy as np
import pytest

from gtcrowd.analytics import cases
from gtcrowd.analytics.measures import drift, fraud, guessing, leave_one_out
from gtcrowd.analytics.models import Case
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import NotAllowed, Role

TASKS, WORKERS, EACH, VALUES = 1000, 20, 10, 3


def crowd(seed=0, *, accuracy=0.85):
    """Answers of an ordinary crowd: task, worker, value, truth, confusion, prior."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, VALUES, TASKS)
    worker = np.concatenate([rng.permutation(WORKERS)[:EACH] for _ in range(TASKS)])
    task = np.repeat(np.arange(TASKS), EACH)
    wrong = (truth[task] + rng.integers(1, VALUES, len(task))) % VALUES
    value = np.where(rng.random(len(task)) < accuracy, truth[task], wrong)
    confusion = np.full((WORKERS, VALUES, VALUES), (1 - accuracy) / (VALUES - 1))
    confusion[:, range(VALUES), range(VALUES)] = accuracy
    return task, worker, value, truth, confusion, np.full(VALUES, 1 / VALUES)


def charts(task, worker, value, confusion, prior, limit=12.0):
    posterior = leave_one_out.probability(task, worker, value, confusion=confusion, prior=prior, n_tasks=TASKS)
    return drift.detect(worker, value, posterior, crowd=confusion[0], n_workers=WORKERS, limit=limit)


def test_posterior_leaves_own_answer_out():
    task, worker, value = np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([0, 0, 1])
    confusion = np.array([[[0.9, 0.1], [0.1, 0.9]]] * 2)

    result = leave_one_out.probability(task, worker, value, confusion=confusion, prior=np.array([0.5, 0.5]), n_tasks=2)

    assert result[0] == pytest.approx([0.9, 0.1])
    assert result[2] == pytest.approx([0.5, 0.5])


def test_no_report_on_ordinary_crowd():
    task, worker, value, _truth, confusion, prior = crowd()

    assert (charts(task, worker, value, confusion, prior).alarm == -1).all()
    pairs = fraud.copying(task, worker, value, confusion=confusion, prior=prior, n_tasks=TASKS)
    assert len(pairs.first) == WORKERS * (WORKERS - 1) / 2
    assert not fraud.discoveries(pairs.ratio).any()


def test_detects_drift_soon():
    task, worker, value, _truth, confusion, prior = crowd()
    rows = np.flatnonzero(worker == 7)
    changed = value.copy()
    changed[rows[250:]] = np.random.default_rng(1).integers(0, VALUES, len(rows) - 250)

    result = charts(task, worker, changed, confusion, prior)

    assert np.flatnonzero(result.alarm >= 0).tolist() == [7]
    assert 250 <= result.alarm[7] < 320
    assert 230 <= result.began[7] <= 270


def test_no_drift_for_lifelong_guesser():
    task, worker, value, _truth, confusion, prior = crowd()
    rows = worker == 7
    value[rows] = np.random.default_rng(1).integers(0, VALUES, int(rows.sum()))

    assert charts(task, worker, value, confusion, prior).alarm[7] == -1


def test_no_drift_for_guesser_of_many_categories():
    rng = np.random.default_rng(4)
    truth = np.repeat(rng.integers(0, 10, 300), 2)
    worker, value = np.tile([0, 1], 300), truth.copy()
    value[worker == 1] = rng.integers(0, 10, 300)
    confusion = np.full((10, 10), 0.01)
    confusion[range(10), range(10)] = 0.91

    result = drift.detect(worker, value, np.eye(10)[truth] * 0.99 + 0.001, crowd=confusion, n_workers=2, limit=12.0)

    assert (result.alarm == -1).all()


def guesses(task, worker, value, confusion, prior):
    posterior = leave_one_out.probability(task, worker, value, confusion=confusion, prior=prior, n_tasks=TASKS)
    return guessing.detect(worker, value, posterior, crowd=confusion[0], n_workers=WORKERS)


def test_detects_guesser_from_first_answer():
    task, worker, value, _truth, confusion, prior = crowd()
    rows = np.flatnonzero(worker == 7)
    value[rows] = np.random.default_rng(1).choice(VALUES, len(rows), p=[0.6, 0.3, 0.1])

    result = guesses(task, worker, value, confusion, prior)

    assert np.flatnonzero(fraud.discoveries(result.ratio)).tolist() == [7]
    assert result.low[7] < result.accuracy[7] < result.high[7] < 0.5
    assert result.chance[7] == pytest.approx(1 / 3, abs=0.03)
    assert result.crowd[7] > 0.8


def test_detects_guesser_among_few_answers():
    task, worker, value, _truth, confusion, prior = crowd()
    value[worker == 7] = np.random.default_rng(1).integers(0, VALUES, int((worker == 7).sum()))
    first = (worker != 7) | (np.cumsum(worker == 7) <= 100)

    assert guesses(task[first], worker[first], value[first], confusion, prior).ratio[7] > np.log(1 / 0.05)


@pytest.mark.parametrize("skill", [0.55, 0.7, 1.0])
def test_rarely_reports_honest_workers(skill):
    """Forty crowds (seeds that chose nothing) with a worker who looks at a share of the objects and guesses the rest."""
    reports = 0
    for seed in range(1000, 1040):
        rng = np.random.default_rng(seed)
        task, worker, value, _truth, confusion, prior = crowd(seed, accuracy=0.8)
        rows = np.flatnonzero(worker == 7)
        guessed = rows[rng.random(len(rows)) > skill]
        value[guessed] = rng.integers(0, VALUES, len(guessed))
        reports += int(fraud.discoveries(guesses(task, worker, value, confusion, prior).ratio).sum())

    assert reports <= 2  # 5 % of forty


def test_guesser_opens_one_case(ask, hire, now):
    job = ask()
    people = [hire(f"w{n}") for n in range(WORKERS)]
    task, worker, value, _truth, confusion, prior = crowd()
    value[worker == 3] = np.random.default_rng(2).integers(0, VALUES, int((worker == 3).sum()))
    answers = cases.JobAnswers(
        task, worker, value, np.random.default_rng(3).lognormal(2, 0.5, len(task)), np.arange(len(task), dtype=float),
        confusion, prior, np.array([person.pk for person in people]), TASKS,
    )  # fmt: skip

    cases.open_cases(job, answers, now=now)

    case = Case.objects.get()
    assert (case.category, case.worker) == ("guessing", people[3])
    assert case.evidence["answers"] == (worker == 3).sum()
    assert case.evidence["low"] < case.evidence["accuracy"] < case.evidence["high"] < case.evidence["crowd"]


def test_threshold_follows_budget():
    """Answers of which each says as much for as against are no drift, however many there are."""
    assert drift.threshold(100_000, budget=1) == pytest.approx(np.log(100_000) + drift.SAFETY)
    assert drift.threshold(100_000, budget=10) < drift.threshold(100_000, budget=1)


def test_detects_ring_by_shared_errors():
    task, worker, value, _truth, confusion, prior = crowd()
    led = dict(zip(task[worker == 3].tolist(), value[worker == 3].tolist(), strict=True))
    for row in np.flatnonzero(np.isin(worker, [4, 5])):
        value[row] = led.get(int(task[row]), value[row])

    pairs = fraud.copying(task, worker, value, confusion=confusion, prior=prior, n_tasks=TASKS)
    result = fraud.discoveries(pairs.ratio)

    assert fraud.rings(pairs, result, n_workers=WORKERS) == [[3, 4, 5]]
    assert (pairs.same[result] > 3 * pairs.expected[result]).all()


def test_no_report_for_accurate_workers():
    task, worker, value, truth, confusion, prior = crowd(accuracy=0.98)
    value[np.isin(worker, [3, 4])] = truth[task[np.isin(worker, [3, 4])]]

    pairs = fraud.copying(task, worker, value, confusion=confusion, prior=prior, n_tasks=TASKS)

    assert not fraud.discoveries(pairs.ratio).any()


def test_no_report_beside_guesser():
    """Of three answers to an object two are nearly always right and one is a guess, which says nothing of the object."""
    rng = np.random.default_rng(3)
    confusion = np.full((6, 10, 10), 0.01)
    confusion[:, range(10), range(10)] = 0.91
    confusion[5] = 0.1
    worker = np.concatenate([[*rng.permutation(5)[:2], 5] for _ in range(TASKS)])
    task, truth = np.repeat(np.arange(TASKS), 3), rng.integers(0, 10, TASKS)
    value = np.array([rng.choice(10, p=confusion[who, truth[of]]) for who, of in zip(worker, task, strict=True)])

    pairs = fraud.copying(task, worker, value, confusion=confusion, prior=np.full(10, 0.1), n_tasks=TASKS)

    assert len(pairs.first) == 15
    assert not fraud.discoveries(pairs.ratio).any()


def test_detects_speeders_scripts_and_constant_answers():
    task, worker, value, _truth, confusion, prior = crowd()
    rng = np.random.default_rng(2)
    seconds = np.exp(rng.normal(2, 0.5, len(task)))
    seconds[worker == 1] *= 0.1
    seconds[worker == 2] = 8 + rng.random(int((worker == 2).sum())) / 10
    value[worker == 3] = 0
    posterior = leave_one_out.probability(task, worker, value, confusion=confusion, prior=prior, n_tasks=TASKS)

    assert np.flatnonzero(fraud.discoveries(fraud.speed(worker, seconds, n_workers=WORKERS).ratio)).tolist() == [1]
    assert np.flatnonzero(fraud.discoveries(fraud.regularity(worker, seconds, n_workers=WORKERS).ratio)).tolist() == [2]
    signs = fraud.entropy(worker, value, posterior, n_workers=WORKERS, n_values=VALUES)
    assert np.flatnonzero(fraud.discoveries(signs.ratio)).tolist() == [3]


def test_detects_shared_account():
    rng = np.random.default_rng(3)
    worker = np.repeat(np.arange(10), 200)
    at = np.tile(np.repeat(np.arange(10) * 10_000.0, 20) + np.tile(np.arange(20) * 60.0, 10), 10)
    seconds = np.exp(rng.normal(2, 0.4, len(worker)))
    every_other = np.repeat(np.arange(10) % 2 == 0, 20)
    seconds[:200][every_other] *= 6

    signs = fraud.sessions(worker, at, seconds, n_workers=10)

    assert np.flatnonzero(fraud.discoveries(signs.ratio)).tolist() == [0]


@pytest.mark.django_db
def test_case_is_opened_once_and_decided(alice, ask, hire, now):
    job = ask()
    people = [hire(f"w{n}") for n in range(WORKERS)]
    task, worker, value, _truth, confusion, prior = crowd()
    value[worker == 3] = 0
    answers = cases.JobAnswers(
        task, worker, value, np.full(len(task), 9.0), np.arange(len(task), dtype=float), confusion, prior,
        np.array([person.pk for person in people]), TASKS,
    )  # fmt: skip

    cases.open_cases(job, answers, now=now)
    cases.open_cases(job, answers, now=now)

    case = Case.objects.get(category="entropy")
    assert (case.worker, case.state) == (people[3], "open")
    assert case.evidence["seen"] == 1
    assert people[3].state == "active"
    with pytest.raises(NotAllowed):
        cases.decide(
            viewer=Viewer(requester=alice.requester, role=Role.VIEWER), case=case, confirmed=True, note="", now=now
        )
    cases.decide(viewer=alice, case=case, confirmed=False, note="one-sided objects", now=now)
    assert Case.objects.get(pk=case.pk).state == "cleared"


def test_every_category_has_innocent_explanations():
    assert all(len(category.innocent) >= 2 for category in cases.CATEGORIES.values())
