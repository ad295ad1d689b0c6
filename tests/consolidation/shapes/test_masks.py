"""Masks: run lengths, toy images by hand, generated workers, invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gtcrowd import kinds
from gtcrowd.consolidation import TableRefused
from gtcrowd.consolidation.shapes import masks, rle
from gtcrowd.consolidation.shapes.masks import staple
from gtcrowd.consolidation.shapes.rle import Layer, Mask
from gtcrowd.consolidation.structured.table import ValueRefused, ValueTable, from_rows

METHODS = {**kinds.kind("masks").methods, **kinds.kind("instances").methods}
every_method = pytest.mark.parametrize("method", METHODS)


def mask(*rows, label=""):
    pixels = np.array([[char == "#" for char in row] for row in rows])
    return Mask(*pixels.shape, (Layer(label, rle.encode(pixels.reshape(-1))),) if pixels.any() else ())


def picture(value):
    pixels = (
        rle.decode(value.layers[0].runs, value.height * value.width)
        if value.layers
        else np.zeros(value.height * value.width, bool)
    )
    return pixels.reshape(value.height, value.width)


BLOB = mask("......", ".###..", ".###..", "......")
WIDE = mask("......", ".####.", ".####.", "......")
THIN = mask("......", ".##...", ".##...", "......")


@every_method
def test_keeps_majority_mask(method):
    result = METHODS[method].consolidate(from_rows([("t", "a", BLOB), ("t", "b", BLOB), ("t", "c", WIDE)]).table)

    assert result.labels == [BLOB]
    assert len(result.part_confidence[0]) == 1


@pytest.mark.parametrize("method", ["staple", "pixel-vote"])
def test_symmetric_in_inside_and_outside(method):
    def inverse(value):
        return Mask(value.height, value.width, (Layer("", rle.encode(~picture(value).reshape(-1))),))

    rows = [("t", "a", BLOB), ("t", "b", WIDE), ("t", "c", THIN)]
    first = METHODS[method].consolidate(from_rows(rows).table)
    second = METHODS[method].consolidate(from_rows([(t, w, inverse(m)) for t, w, m in rows]).table)

    assert inverse(first.labels[0]) == second.labels[0]


def test_labels_are_layers():
    both = Mask(2, 4, (Layer("cat", (0, 2, 6)), Layer("dog", (6, 2))))

    result = METHODS["staple"].consolidate(from_rows([("t", "a", both), ("t", "b", both)]).table)

    assert result.labels == [both]
    assert masks.measure(result.labels, [both])["mean_iou"] == 1


def test_matches_instances():
    second = Mask(4, 6, (Layer("cell", rle.encode(picture(mask("##....", "##....", "......", "......")).reshape(-1))),
                      Layer("cell", rle.encode(picture(mask("......", "......", "....##", "....##")).reshape(-1)))))  # fmt: skip
    first = Mask(4, 6, second.layers[:1])

    result = METHODS["instances"].consolidate(
        from_rows([(t, w, second if w else first) for t in range(4) for w in range(4)]).table
    )

    assert [len(value.layers) for value in result.labels] == [2] * 4


def random_masks(seed, pictures=12, workers=6):
    """Discs; each worker is wrong at the rim, more or less, and some see too little."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:40, :50]
    rows, truth = [], []
    for number in range(pictures):
        radius = rng.uniform(8, 14)
        far = np.hypot(y - 20, x - 25)
        truth.append(Mask(40, 50, (Layer("", rle.encode((far < radius).reshape(-1))),)))
        for worker in range(workers):
            rim = far + rng.normal(0, 0.3 if worker < 3 else 3.0, far.shape) + (0 if worker < 3 else 1.5)
            rows.append((number, worker, Mask(40, 50, (Layer("", rle.encode((rim < radius).reshape(-1))),))))
    return rows, truth


def test_careful_workers_have_more_weight():
    rows, truth = random_masks(1)
    table = from_rows(rows).table
    result = METHODS["staple"].consolidate(table)

    of_staple, of_vote = (
        masks.measure(METHODS[m].consolidate(table).labels, truth)["mean_iou"] for m in ("staple", "pixel-vote")
    )

    assert of_staple > of_vote
    assert result.worker_parameters["sensitivity"][:3].min() > result.worker_parameters["sensitivity"][3:].max()
    assert result.accuracy[:3].min() > result.accuracy[3:].max()
    assert result.converged


def test_objective_never_falls_without_pooling(monkeypatch):
    monkeypatch.setattr(staple, "POOLED", 0.0)
    result = METHODS["staple"].consolidate(from_rows(random_masks(2)[0]).table)

    assert (np.diff(result.objective) > -1e-3).all()
    assert result.objective[-1] > result.objective[0]


@every_method
def test_defines_edge_cases(method):
    assert METHODS[method].consolidate(from_rows([]).table).labels == []
    empty = Mask(2, 2, ())
    table = from_rows([("t", "a", empty), ("t", "b", empty), ("u", "a", mask("##", "##"))]).table
    result = METHODS[method].consolidate(ValueTable(table.task, table.worker, table.value, 3, 3))
    assert result.labels[0] == empty
    assert result.labels[1] == mask("##", "##")
    assert result.labels[2] is None
    for numbers in (result.confidence, result.accuracy, result.low, result.high):
        assert np.isfinite(numbers).all()


@every_method
def test_sizes_must_agree(method):
    with pytest.raises(TableRefused, match="size"):
        METHODS[method].consolidate(from_rows([("t", "a", mask("#.")), ("t", "b", mask("#.."))]).table)


def test_measure_skips_different_sizes():
    assert masks.measure([mask("#."), mask("#"), None], [mask("#.."), mask("#"), mask("#")])["compared"] == 2


@every_method
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 999))
def test_independent_of_order_and_names(method, seed):
    rows = [("t", "a", BLOB), ("t", "b", WIDE), ("t", "c", THIN), ("u", "a", WIDE), ("u", "b", THIN)]
    first, second = from_rows(rows), from_rows([rows[i] for i in np.random.default_rng(seed).permutation(len(rows))])

    values = [
        dict(zip(coded.tasks, METHODS[method].consolidate(coded.table).labels, strict=True))
        for coded in (first, second)
    ]

    assert values[0] == values[1]


@given(arrays(bool, st.tuples(st.integers(1, 5), st.integers(1, 5))), st.sampled_from(["", "cat"]))
def test_text_round_trip(pixels, label):
    value = Mask(*pixels.shape, (Layer(label, rle.encode(pixels.reshape(-1))),))

    assert rle.read(rle.write(value)) == value
    np.testing.assert_array_equal(picture(value), pixels)


@pytest.mark.parametrize(
    "text", ["", "3x4", "ax4:1 2", "0x4:1", "2x2:1 9", "2x2:-1 2", "2x2:1 b", "2x2x2:1", "900000x900000:0 1"]
)
def test_refuses_malformed_text(text):
    with pytest.raises(ValueRefused, match="expected"):
        rle.read(text)
