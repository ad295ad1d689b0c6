"""Offsets of boxes, worked by hand."""

import math

import numpy as np
import pytest

from gtcrowd.analytics.measures import boxes

CAR = ("car", (100.0, 100.0, 200.0, 150.0))
"""100 wide, 50 high."""


def summed(given, held):
    return boxes.summed(boxes.compared(given, held), np.ones(len(given), bool))


def test_a_box_to_the_right_and_above_that_is_too_wide():
    found = summed([(("car", (110.0, 90.0, 230.0, 140.0)),)], [(CAR,)])

    assert found["n"] == 1
    assert found["dx"] == [0.2, None, None]  # center at 170 instead of 150, of 100
    assert found["dy"] == [-0.2, None, None]  # center at 115 instead of 125, of 50
    assert found["width"][0] == pytest.approx(math.log(1.2), abs=1e-6)
    assert found["height"][0] == 0
    iou = 90 * 40 / (100 * 50 + 120 * 50 - 90 * 40)
    assert found["mean_iou"] == pytest.approx(iou, abs=1e-6)
    assert found["iou"] == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0]


def test_missed_and_extra_boxes_are_counted():
    """A bus is no car, wherever it lies; an object without a label says nothing."""
    bus = ("bus", CAR[1])

    found = summed([(bus,), (CAR, CAR), (CAR,), ()], [(CAR,), (CAR,), None, (CAR, bus)])

    assert (found["n"], found["missed"], found["extra"]) == (1, 3, 2)
    assert found["iou"][9] == 1


def test_the_interval_is_students():
    given = [(("car", (100.0 + step, 100.0, 200.0 + step, 150.0)),) for step in (8, 10, 12)]

    found = summed(given, [(CAR,)] * 3)

    reach = 4.302653 * 0.02 / 3**0.5  # of three, with two degrees of freedom
    assert found["dx"] == pytest.approx([0.1, 0.1 - reach, 0.1 + reach], abs=1e-5)


def test_only_chosen_answers_are_summed():
    found = boxes.compared([(CAR,), (CAR,)], [(CAR,), (CAR, CAR)])

    told = boxes.summed(found, np.array([True, False]))

    assert (told["n"], told["missed"]) == (1, 0)


def test_without_a_pair_there_is_no_offset():
    found = summed([()], [(CAR,)])

    assert (found["n"], found["missed"], found["dx"], found["mean_iou"]) == (0, 1, [None] * 3, None)
