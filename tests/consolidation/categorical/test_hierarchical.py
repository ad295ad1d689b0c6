"""The default method: its estimates, its bounds, and its calibration."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gtcrowd import consolidation
from gtcrowd.consolidation.categorical import dependence, measures, pooling, steps
from gtcrowd.consolidation.categorical.shards import InMemoryDataset, Shard
from gtcrowd.consolidation.categorical.votes import vote_shares
from tests.consolidation.categorical.crowds import crowd, crowd_of, rows_of, table


def conclude(answers, **values):
    return consolidation.consolidate("hierarchical", answers, **values)


def biased(rng, *, tasks=400):
    """Two classes; half of the crowd answers 1 too readily, and everybody answers much."""
    confusion = np.array([[[0.55, 0.45], [0.05, 0.95]]] * 6 + [[[0.9, 0.1], [0.4, 0.6]]] * 6)
    return crowd_of(rng, confusion, tasks=tasks, each=8)


def test_recovers_confusion_matrices():
    confusion = np.array([[[0.9, 0.05, 0.05], [0.4, 0.5, 0.1], [0.1, 0.1, 0.8]]] * 10)
    answers, _truth = crowd_of(np.random.default_rng(1), confusion, tasks=1500, each=6)

    result = conclude(answers, most_bias=10.0, vote_share=0.0)

    np.testing.assert_allclose(result.confusion, confusion, atol=0.09)
    np.testing.assert_allclose(result.confusion.sum(axis=2), 1)


def test_uses_bias_with_many_answers():
    answers, truth = biased(np.random.default_rng(3))

    right = {name: measures.shared_accuracy(consolidation.consolidate(name, answers).posterior, truth)
             for name in ("majority", "hierarchical")}  # fmt: skip

    assert right["hierarchical"] > right["majority"] + 0.02


def test_close_to_weighted_vote_with_few_answers():
    answers, _truth, _right = crowd(4, tasks=40, workers=40, each=3)

    result, vote = conclude(answers), consolidation.consolidate("weighted-vote", answers)

    assert (result.labels == vote.labels).mean() >= 0.9


def test_hard_objects_make_no_rare_class():
    # One object in ten is hard: its answers are a coin's. Dawid-Skene makes a class of them.
    rng = np.random.default_rng(5)
    truth = (rng.random(2000) < 0.02).astype(int)
    miss = np.where(rng.random(2000) < 0.15, 0.5, 0.03)
    answers = table([(task, int(worker), int(truth[task] ^ (rng.random() < miss[task])))
                     for task in range(2000) for worker in rng.choice(30, 5, replace=False)], n_workers=30)  # fmt: skip

    right = {name: measures.accuracy(consolidation.consolidate(name, answers).labels, truth)
             for name in ("majority", "dawid-skene", "hierarchical")}  # fmt: skip

    assert right["dawid-skene"] < right["majority"] - 0.01
    assert right["hierarchical"] >= right["majority"] - 0.005


def test_leave_one_out_evidence():
    # Taking the task's own answer out of what its worker is known for, by hand, changes nothing any more.
    answers, _truth, _right = crowd(2, tasks=12, workers=4, each=3)
    strengths = pooling.Strengths(worker_answers=5.0, row_answers=1.5, max_bias=0.6)
    counts, contributions = steps.count(answers), vote_shares(answers)
    total = answers.answers_per_worker().astype(float)
    pairs = steps.pair_counts(counts, contributions)
    pool = pooling.pool(pairs, n_workers=4, total=total, given_accuracy=None, strengths=strengths)
    task = 5
    rows = answers.task == task
    own = contributions[task]
    fewer = pairs.copy()
    fewer[answers.worker[rows] * 3 + answers.label[rows]] -= own
    answered = fewer.reshape(4, 3, 3)
    right = np.einsum("jkk->jk", answered)
    without = replace(pool, answers=fewer, total_by_truth=answered.sum(axis=1), correct_by_truth=right, correct=right.sum(axis=1),
                      total=total - np.bincount(answers.worker[rows], minlength=4))  # fmt: skip

    result = pooling.leave_one_out_evidence(counts, contributions, pool)[task]

    confusion = pooling.confusion(without)
    expected = sum(np.log(confusion[w, :, x]) for w, x in zip(answers.worker[rows], answers.label[rows], strict=True))
    np.testing.assert_allclose(result, expected)


def test_hard_objects_correlate_answers():
    # The share of right answers is the same; in one crowd the wrong ones fall on the same objects.
    rng = np.random.default_rng(6)
    truth = rng.integers(2, size=300)
    together = (rng.random((300, 1)) < 0.4) & (rng.random((300, 6)) < 0.5)
    apart = rng.random((300, 6)) < 0.2
    result = []
    for wrong in (together, apart):
        answers = table(
            [(task, worker, int(truth[task] ^ wrong[task, worker])) for task in range(300) for worker in range(6)]
        )
        whole = InMemoryDataset(Shard(answers, None, {"votes": vote_shares(answers)}))
        result.append(dependence.residual_correlation(whole, "votes", prior_answers=4.0))

    assert result[0] > result[1] + 0.05


def test_effective_share_is_kish():
    assert dependence.effective_share(np.array([1.0, 10.0]), 0.25).tolist() == [1, 1 / 3.25]


def test_no_correlation_without_pairs():
    answers = table([(0, 0, 1), (1, 1, 0)])

    whole = InMemoryDataset(Shard(answers, None, {"even": np.full((2, 2), 0.5)}))

    assert dependence.residual_correlation(whole, "even", prior_answers=1.0) == 0


def test_calibrated_with_hard_objects():
    rng = np.random.default_rng(8)
    miss = rng.choice([0.1, 0.5], size=3000, p=[0.7, 0.3])
    truth = rng.integers(2, size=3000)
    answers = table([(task, int(worker), int(truth[task] ^ (rng.random() < miss[task])))
                     for task in range(3000) for worker in rng.choice(50, 5, replace=False)], n_workers=50)  # fmt: skip

    off = {name: measures.calibration_error(result.labels, result.confidence, truth)
           for name in ("dawid-skene", "hierarchical") for result in [consolidation.consolidate(name, answers)]}  # fmt: skip

    assert off["hierarchical"] < min(0.05, off["dawid-skene"])


def test_uses_given_worker_accuracy():
    answers = table([(0, 0, 1), (0, 1, 0)])

    assert conclude(answers, worker_accuracy=[0.95, 0.6]).labels[0] == 1
    assert conclude(answers, worker_accuracy=[0.6, 0.95]).labels[0] == 0
    assert conclude(answers, worker_accuracy=[0.95, np.nan]).labels[0] == 1


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_perfect_worker_helps(seed):
    answers, truth, _right = crowd(seed, tasks=150, workers=10, each=3, skill=(0.45, 0.8))
    more = table([*rows_of(answers), *[(task, 10, int(truth[task])) for task in range(150)]], 3, 150, 11)

    before, after = (measures.shared_accuracy(conclude(t).posterior, truth) for t in (answers, more))

    assert after >= before - 0.01
