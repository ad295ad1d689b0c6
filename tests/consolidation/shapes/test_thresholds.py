"""Thresholds of matching, from both sides and on the line: a table of what each decides just below, at, and above."""

import numpy as np
import pytest

from gtcrowd import kinds
from gtcrowd.consolidation.shapes import boxes, detection, keypoints, matching, outlines
from gtcrowd.consolidation.shapes.boxes import matched
from gtcrowd.consolidation.shapes.masks.pixel_vote import pixel_vote
from gtcrowd.consolidation.shapes.rle import Layer, Mask
from gtcrowd.consolidation.spans.entities import Entities, Span
from gtcrowd.consolidation.spans.methods.ground_truth_clusters import ground_truth_clusters
from gtcrowd.consolidation.structured.table import from_rows

SIDES = [(-0.01, False), (0.0, True), (0.01, True)]
"""What is added to a threshold, and whether it is reached: thresholds called `least` are reached on the line."""


def box_of_iou(share):
    """A box whose intersection over union with ONE is `share`."""
    return (0.0, 0.0, 100.0, 100.0 * share)


ONE = (0.0, 0.0, 100.0, 100.0)


def mask_of(n):
    """The first `n` of 200 pixels."""
    return Mask(10, 20, (Layer("", (0, n, 200 - n)),) if n else ())


def table_of(tasks, workers, answers):
    return from_rows(list(zip(tasks, workers, answers, strict=True))).table


@pytest.mark.parametrize(("more", "matches"), SIDES)
def test_box_matches_at_half_its_union(more, matches):
    measured = boxes.measure([(("car", box_of_iou(0.5 + more)),)], [(("car", ONE),)])

    assert (measured["f1"], measured["precision"], measured["recall"]) == (matches, matches, matches)


@pytest.mark.parametrize("least", [0.3, 0.5, 0.75])
@pytest.mark.parametrize(("more", "matches"), SIDES)
def test_match_counts_from_its_threshold(least, more, matches):
    measured = detection.detection_measures([(("a", 1),)], [(("a", 2),)], lambda *_: least + more, min_similarity=least)

    assert measured["f1"] == matches


@pytest.mark.parametrize(("more", "matches"), SIDES)
def test_outline_matches_at_half_likeness(more, matches):
    shape = (0.0, 0.0, 1.0, 1.0)
    alike = np.array([[1.0, 0.5 + more], [0.5 + more, 1.0]])

    measured = outlines.measure([(("car", shape),)], [(("car", shape),)], similarity=lambda _shapes: alike)

    assert measured["f1"] == matches


@pytest.mark.parametrize(("off", "matches"), [(4.9, True), (5.0, True), (5.1, False)])
def test_point_matches_within_a_twentieth(off, matches):
    """The true points extend over 100, so that five units are a twentieth."""
    true = [(("a", ((0.0, 0.0),)), ("b", ((100.0, 0.0),)))]
    values = [(("a", ((off, 0.0),)), ("b", ((100.0, 0.0),)))]

    assert (keypoints.measure(values, true)["f1"] == 1.0) == matches


@pytest.mark.parametrize(("pixels", "right"), [(74, False), (75, True), (76, True)])
def test_gold_mask_is_right_at_three_quarters(pixels, right):
    def value(n):
        return {"size": {"height": 10, "width": 20}, "layers": [{"label": "car", "runs": [0, n, 200 - n]}]}

    assert kinds.kind("masks").matches(value(pixels), value(100)) == right


@pytest.mark.parametrize("least", [0.3, 0.5])
@pytest.mark.parametrize(("more", "joined"), SIDES)
def test_marks_join_from_least_similarity(least, more, joined):
    table = table_of([0, 0], [0, 1], [(("car", ONE),), (("car", box_of_iou(least + more)),)])

    result = matching.clusters(table, boxes.ious, min_similarity=least, key=repr)

    assert len(result) == (1 if joined else 2)


@pytest.mark.parametrize(("votes", "stored"), [(1, False), (2, False), (3, True)])
def test_pixel_needs_more_than_half(votes, stored):
    """Two of four is half of the votes, and half is not enough."""
    table = table_of([0] * 4, range(4), [mask_of(10 if vote < votes else 0) for vote in range(4)])

    (value,) = pixel_vote(table).labels

    assert bool(value and value.layers) == stored


@pytest.mark.parametrize(("votes", "stored"), [(1, False), (2, True), (3, True)])
def test_span_needs_half_of_the_workers(votes, stored):
    marked, unmarked = Entities((Span(0, 5, "bird"),), 10), Entities((), 10)
    answers = [marked] * votes + [unmarked] * (4 - votes)
    table = table_of([0] * 4, range(4), answers)

    (value,) = ground_truth_clusters(table, least_share=0.5).labels

    assert bool(value.spans) == stored


@pytest.mark.parametrize(("more", "joined"), [(-1, False), (0, True), (1, True)])
def test_spans_join_at_half_their_union(more, joined):
    first, second = Entities((Span(0, 10, "bird"),), 20), Entities((Span(0, 5 + more, "bird"),), 20)
    table = table_of([0, 0], [0, 1], [first, second])

    result = ground_truth_clusters(table, least_overlap=0.5, least_share=0.5)

    assert (result.part_confidence[0].max() == 1.0) == joined


@pytest.mark.parametrize(("chance", "stored"), [(0.499, False), (0.5, True), (0.501, True)])
def test_box_is_kept_from_least_chance(monkeypatch, chance, stored):
    table = table_of([0], [0], [(("car", ONE),)])
    monkeypatch.setattr(detection, "existence_probability", lambda *_: (np.array([chance]), np.array([0.9])))

    (value,) = matched.matched(table, least_chance=0.5).labels

    assert bool(value) == stored
