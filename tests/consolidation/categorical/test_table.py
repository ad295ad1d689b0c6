import numpy as np
import pandas as pd
import pytest

from gtcrowd.consolidation import AnswerTable, TableRefused, from_frame
from tests.consolidation.categorical.crowds import table


def frame(*rows):
    return pd.DataFrame(list(rows), columns=["task", "worker", "label"])


def test_columns_become_read_only_codes():
    given = np.array([0, 1, 1])
    answers = AnswerTable.from_codes(given, given, given, n_tasks=2, n_workers=2, n_labels=2)

    assert answers.task.dtype == np.int32
    with pytest.raises(ValueError, match="read-only"):
        answers.task[0] = 1
    given[0] = 1  # what the caller holds stays the caller's
    assert answers.task[0] == 0


@pytest.mark.parametrize(
    ("task", "worker", "label", "told"),
    [
        ([0, 2], [0, 0], [0, 0], "row 1: task is 2; expected 0 to 1"),
        ([0, 1], [-1, 0], [0, 0], "row 0: worker is -1; expected 0 to 0"),
        ([0, 1], [0, 0], [0, 9], "row 1: label is 9; expected 0 to 1"),
        ([0, 1], [0], [0, 0], "different lengths.*'worker': 1"),
        ([0, 1], [0, 0], [0.0, 0.5], "'label' has type float64; expected whole numbers"),
        ([[0, 1]], [0, 0], [0, 0], "'task' has shape"),
    ],
)
def test_a_wrong_column_is_refused(task, worker, label, told):
    with pytest.raises(TableRefused, match=told):
        AnswerTable.from_codes(task, worker, label, n_tasks=2, n_workers=1, n_labels=2)


def test_a_table_needs_a_label():
    with pytest.raises(TableRefused, match="at least 1 label"):
        table([], n_labels=0)


def test_votes_are_counted_by_task_and_label():
    votes = table([(0, 0, 1), (0, 1, 1), (0, 1, 0), (2, 0, 0)]).votes()

    assert votes.tolist() == [[1, 2], [0, 0], [1, 0]]


def test_names_are_coded_in_a_stable_order():
    coded = from_frame(frame(("t9", "zoe", "ibis"), ("t1", "ann", "heron"), ("t9", "ann", "ibis")))

    assert (coded.tasks, coded.workers, coded.labels) == (["t9", "t1"], ["zoe", "ann"], ["heron", "ibis"])
    assert coded.table.task.tolist() == [0, 1, 0]
    assert coded.table.worker.tolist() == [0, 1, 1]
    assert coded.table.label.tolist() == [1, 0, 1]


def test_labels_keep_the_order_given():
    coded = from_frame(frame(("t", "w", "no")), labels=["yes", "no", "cannot tell"])

    assert coded.table.label.tolist() == [1]
    assert coded.table.n_labels == 3


def test_an_empty_frame_needs_labels():
    assert len(from_frame(frame(), labels=["yes", "no"]).table) == 0
    with pytest.raises(TableRefused, match="at least 1 label"):
        from_frame(frame())


@pytest.mark.parametrize(
    ("answers", "labels", "told"),
    [
        (frame(("t", "w", "a"), ("t", "w", "b")), ["a"], "row 1: label is 'b', which is not among the labels"),
        (frame(("t", "w", "a"), ("t", None, "a")), None, "row 1: worker is missing"),
        (frame(("t", "w", "a"))[["task", "label"]], None, "column 'worker' is missing"),
        (frame(("t", "w", "a"), ("t", "w", 1)), None, "labels cannot be sorted"),
        (frame(("t", "w", "a")), ["a", "a"], "labels are not unique"),
    ],
)
def test_a_wrong_frame_is_refused(answers, labels, told):
    with pytest.raises(TableRefused, match=told):
        from_frame(answers, labels=labels)
