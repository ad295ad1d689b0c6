"""Compiled loops against plain arrays, and sums over ranges and parts."""

import numpy as np
import pytest

from gtcrowd.consolidation.categorical import pooling, ranges, steps
from gtcrowd.consolidation.categorical.votes import vote_shares
from tests.consolidation.categorical.crowds import crowd, table

CROWDS = {
    "usual": lambda: crowd(1, tasks=400, workers=20)[0],
    "repeated": lambda: table([(0, 0, 1), (0, 0, 1), (0, 0, 0), (2, 1, 1)], n_tasks=4, n_workers=3, n_labels=3),
    "nothing": lambda: table([]),
    "one class": lambda: table([(0, 0, 0), (1, 0, 0)], n_labels=1),
    "long": lambda: table([(task, task % 2000, 1) for task in range(3) for _ in range(2000)], n_labels=3),
}
every_crowd = pytest.mark.parametrize("answers", [make() for make in CROWDS.values()], ids=list(CROWDS))


@pytest.fixture(params=[True, False], ids=["small ranges", "usual ranges"])
def cut(request, monkeypatch):
    if request.param:
        monkeypatch.setattr(ranges, "RANGE", 7)
        monkeypatch.setattr(steps, "PARTS", 3)


@every_crowd
def test_compiled_steps_equal_uncompiled(answers, cut):
    confusion = np.log(
        np.random.default_rng(0).dirichlet(np.ones(answers.n_labels), (answers.n_workers, answers.n_labels))
    )
    prior = np.log(np.full(answers.n_labels, 1 / answers.n_labels))
    gold = np.full(answers.n_tasks, -1, dtype=np.int32)
    gold[1:2] = 0
    fast, plain = (steps.count(answers, compiled=compiled) for compiled in (True, False))

    for values in (None, gold):
        (first, likelihood), (second, same) = (
            steps.e_step(counts, prior, confusion, values) for counts in (fast, plain)
        )
        np.testing.assert_allclose(first, second, atol=1e-12)
        assert likelihood == pytest.approx(same, rel=1e-12)
        for here, there in zip(steps.m_step(fast, first), steps.m_step(plain, first), strict=True):
            np.testing.assert_allclose(here, there, atol=1e-9)


@every_crowd
def test_compiled_evidence_equals_uncompiled(answers, cut):
    strengths = pooling.Strengths(worker_answers=5.0, row_answers=1.5, max_bias=0.6)
    contributions, total = vote_shares(answers), answers.answers_per_worker().astype(float)
    both = []
    for compiled in (True, False):
        counts = steps.count(answers, compiled=compiled)
        pairs = steps.pair_counts(counts, contributions)
        pool = pooling.pool(pairs, n_workers=answers.n_workers, total=total, given_accuracy=None, strengths=strengths)
        both.append(pooling.leave_one_out_evidence(counts, contributions, pool))

    np.testing.assert_allclose(*both, rtol=1e-9, atol=1e-9)


def test_uncompiled_evidence_independent_of_chunks(monkeypatch):
    answers, _truth, _right = crowd(1)
    strengths = pooling.Strengths(worker_answers=5.0, row_answers=1.5, max_bias=0.6)
    counts, contributions = steps.count(answers, compiled=False), vote_shares(answers)
    pool = pooling.pool(steps.pair_counts(counts, contributions), n_workers=answers.n_workers,
                        total=answers.answers_per_worker().astype(float), given_accuracy=None, strengths=strengths)  # fmt: skip
    whole = pooling.leave_one_out_evidence(counts, contributions, pool)

    monkeypatch.setattr(pooling, "CHUNK", 11)

    np.testing.assert_allclose(pooling.leave_one_out_evidence(counts, contributions, pool), whole)


def test_counts_are_ordered_by_task():
    counts = steps.count(table([(2, 0, 1), (0, 1, 0), (2, 1, 0)], n_tasks=3))

    assert [counts.pair[a:b].tolist() for a, b in zip(counts.start, counts.start[1:], strict=False)] == [
        [2],
        [],
        [1, 2],
    ]
