"""Figures by their data and layout."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from django.utils import translation

from dashboards import labels, view_models
from dashboards.figures import money, quality, service, spark, throughput, worker, workers
from dashboards.view_models import Thumbnail
from gtcrowd.analytics.measures import forecast, latency
from gtcrowd.analytics.measures import workers as measures
from gtcrowd.analytics.money import Flow

DAYS = pd.date_range("2026-11-01", periods=3, name="day")
COLUMNS = (
    "scored", "expected_correct", "variance", "compared", "agreement_sum", "truth_n", "truth_right", "gold_n", "gold_right", "submitted", "late",
    "extra", "returned", "declined", "expired", "seconds", "active_seconds", "active", "lost_seconds", "paid",
)  # fmt: skip


def link(pk):
    return f"/dashboards/worker/{pk}/"


def measured(rows):
    """Workers by name, number of answers, and how many are right."""
    frame = pd.DataFrame(
        [
            {"worker_id": index, "worker": name, "open_cases": 0, **dict.fromkeys(COLUMNS, 0)}
            for index, (name, _n, _r) in enumerate(rows)
        ]
    )
    frame["submitted"] = frame["scored"] = [n for _name, n, _right in rows]
    frame["expected_correct"] = [float(correct) for _name, _n, correct in rows]
    return measures.measured(frame)


CROWD = measured([("Cleo", 900, 890), ("Dan", 12, 11), ("Eve", 600, 60)])
"""Eve is surely below the crowd; of Dan little is known."""


def test_forest_sorts_by_lower_bound():
    card = workers.forest(CROWD, window="w", link=link)
    figure = card.figure

    assert list(figure.layout.yaxis.categoryarray) == ["Eve", "Dan", "Cleo"]
    assert "1 worker significantly below" in card.title
    assert "n = 1,512" in card.subtitle
    below = next(trace for trace in figure.data if trace.name == "significantly below the crowd")
    assert (list(below.y), below.marker.symbol) == (["Eve"], ("triangle-down",))
    assert below.error_x.array[0] > 0
    assert below.customdata[0][0] == "/dashboards/worker/2/"


def test_few_answers_are_hollow():
    figure = workers.forest(CROWD, window="w", link=link).figure

    well = next(trace for trace in figure.data if trace.name == "not below the crowd")
    assert dict(zip(well.y, well.marker.symbol, strict=True)) == {"Dan": "circle-open", "Cleo": "circle"}


def test_forest_limits_rows_with_warning():
    card = workers.forest(measured([(f"w{index}", 50, index % 50) for index in range(80)]), window="w", link=link)

    assert len(card.figure.layout.yaxis.categoryarray) == 60
    assert "30 lowest and the 30 highest of 80" in card.warning
    assert len(card.table) == 80


def test_same_names_have_separate_lines():
    card = workers.forest(measured([("Cleo", 90, 89), ("Cleo", 50, 20)]), window="w", link=link)

    assert len(set(card.figure.layout.yaxis.categoryarray)) == 2


def test_funnel_labels_outliers():
    gold = CROWD.assign(gold_n=[100, 100, 100], gold_right=[95, 95, 20])

    card = workers.funnel(gold, window="w", link=link)

    assert card.title.startswith("1 worker below the 99.8 % control limit")
    below = next(trace for trace in card.figure.data if trace.name == "below the 95 % limit")
    assert list(below.text) == ["Eve"]
    assert card.figure.layout.xaxis.type == "log"
    assert "gold questions" in card.subtitle


def test_empty_figures_have_titles():
    nothing = CROWD.iloc[:0]

    for card in (
        workers.forest(nothing, window="w", link=link), workers.funnel(nothing, window="w", link=link),
        throughput.throughput(pd.DataFrame(), zone="UTC", link=str), money.hourly(nothing, target=12, window="w", link=link),
        money.cost(pd.Series(dtype=float), budget=0, window="w"), quality.gold([], of="j"), quality.matrix({}, {}, of="j", link=link),
        quality.reliability({"n": 0, "ece": None, "few": True, "bins": []}, of="j"), quality.confusion(None, [], of="j", rates=False),
        quality.agreement([], {}, job="j"), quality.redundancy([], saved=None, price=0), quality.least_confident([], of="j", link=link),
        service.queue(pd.DataFrame(columns=["task", "todo", "doing"])), worker.accuracy(
            CROWD.iloc[:0].assign(day=[]), weekly=False, crowd=None, window="w"),
        throughput.times(np.zeros(64, int), np.zeros(64, int), window="w"),
        money.flow(Flow(0, *[Decimal(0)] * 6), come=0.0, ends_now=True, window="w"),
        throughput.hours(pd.DataFrame(np.zeros((7, 24), int)).rename_axis("weekday").reset_index(), zone="UTC", window="w"),
    ):  # fmt: skip
        assert card.figure is None
        assert card.title


def test_throughput_median_and_links():
    table = pd.DataFrame({"Cleo": [1.0, 2, 30]}, index=DAYS)

    card = throughput.throughput(
        table,
        zone="Asia/Seoul",
        link=lambda first, last: f"/dashboards/?from={first}",
        other=view_models.Level("the crowd", 4.0),
    )

    assert list(card.figure.data[-1].y) == [1, 1.5, 2]
    assert card.figure.data[0].customdata[2][0] == "/dashboards/?from=2026-11-03"
    assert "Asia/Seoul" in card.subtitle
    assert "33" in card.subtitle
    assert card.title == "11 answers per day, 30 on the busiest day"


@pytest.mark.parametrize(
    ("days", "bars", "expected"), [(120, 120, "per day"), (126, 18, "per week"), (900, 30, "per month")]
)
def test_throughput_by_week_or_month(days, bars, expected):
    table = pd.DataFrame({"Cleo": 1.0}, index=pd.date_range("2024-01-01", periods=days, name="day"))

    card = throughput.throughput(table, zone="UTC", link=lambda first, last: f"{first}/{last}")

    assert len(card.figure.data[0].x) == bars
    assert sum(card.figure.data[0].y) == days
    assert expected in card.subtitle
    if expected == "per week":
        assert card.figure.data[0].customdata[0][0] == "2024-01-01/2024-01-07"


def test_burn_down_joins_history_and_forecast():
    history = pd.Series([10.0] * 10, index=pd.date_range("2026-11-01", periods=10, name="day"))
    ahead = forecast.finish(history.to_numpy(), rest=50, today=date(2026, 11, 10))

    card = throughput.burn_down(history, ahead, what="j")

    past = next(trace for trace in card.figure.data if trace.name == "so far")
    assert (past.y[0], past.y[-1]) == (140, 50)
    assert card.title.startswith("Expected finish 2026-11-15")
    assert {"50 %", "90 %"} <= {trace.name for trace in card.figure.data}
    assert card.explain == ("forecast",)


@pytest.mark.parametrize(
    ("rest", "past", "expected"),
    [(0, [5.0] * 5, "All target answers received"), (9, [0.0] * 5, "no recent answers")],
)
def test_missing_forecast_is_explained(rest, past, expected):
    history = pd.Series(past, index=pd.date_range("2026-11-01", periods=len(past), name="day"))

    assert (
        expected
        in throughput.burn_down(history, forecast.finish(past, rest=rest, today=date(2026, 11, 9)), what="j").title
    )


def test_hours_begin_with_monday():
    table = pd.DataFrame(np.zeros((7, 24), int))
    table.loc[0, 9] = 5
    table = table.rename_axis("weekday").reset_index()

    assert throughput.hours(table, zone="UTC", window="w").title == "Busiest hour: Mon 09:00"
    with translation.override("ja"):
        assert throughput.hours(table, zone="UTC", window="w").figure.data[0].y[0] == "月"


def test_times_are_cumulative_shares():
    counts = np.bincount(latency.classes([10] * 50 + [20] * 50), minlength=latency.CLASSES)

    card = throughput.times(counts, counts * 0, window="w")

    assert [trace.name for trace in card.figure.data] == ["from assignment to submission"]
    assert card.figure.data[0].y[-1] == 1
    assert card.figure.layout.xaxis.type == "log"


def test_confusion_as_counts_and_as_shares():
    counts = [[8, 2], [1, 2]]

    card = quality.confusion(counts, ["heron", "ibis"], of="j", rates=False, link=lambda *pair: "/".join(pair))
    shares = quality.confusion(counts, ["heron", "ibis"], of="j", rates=True)

    assert card.figure.data[0].z.tolist() == counts
    assert card.figure.data[0].customdata[0] == ["heron/heron", "heron/ibis"]
    assert card.links == ("heron/", "ibis/")
    assert card.title == "23.1 % of answers disagree with the label"
    assert shares.figure.data[0].z[0].tolist() == [0.8, 0.2]
    assert np.isnan(shares.figure.data[0].z[1]).all()
    assert "fewer than 5" in shares.warning


def test_pairs_have_shares_and_links():
    confusions = measures.top_pairs([[8, 2], [1, 2]], ["heron", "ibis"])
    preview = Thumbnail("", "a", "Object 0", "/o/")
    card = quality.pairs(confusions, of="j", link=lambda *pair: "/".join(pair), examples=[(preview,), ()])

    assert card.title == "heron is confused with ibis in 20.0 % of answers"
    assert list(card.figure.data[0].x) == [2, 1]
    assert [pair[0] for pair in card.figure.data[0].customdata] == ["heron/ibis", "ibis/heron"]
    assert card.examples == (("heron → ibis", (preview,)),)


def test_similar_workers_are_adjacent():
    kappa = [[None, 0.1, 0.9], [0.1, None, 0.2], [0.9, 0.2, None]]
    content = {"workers": [1, 2, 3], "kappa": kappa, "shared": np.full((3, 3), 9).tolist()}

    card = quality.matrix(content, {1: "Cleo", 2: "Dan", 3: "Eve"}, of="j", link=link)

    order = list(card.figure.layout.xaxis.ticktext)
    assert abs(order.index("Cleo") - order.index("Eve")) == 1
    assert card.table.iloc[-1].tolist()[2:] == [0.9, 9]


def test_few_shared_objects_are_blank():
    content = {"workers": [1, 2], "kappa": [[1, 1.0], [1.0, 1]], "shared": [[9, 2], [2, 9]]}

    assert "No two workers" in quality.matrix(content, {}, of="j", link=link).title


def test_calibration_warns_of_few_labels():
    report = {"n": 9, "ece": 0.1, "few": True, "bins": [
        {"low": 0.9, "high": 1, "n": 9, "confidence": 0.95, "right": 8, "accuracy": 0.89, "least": 0.6, "most": 0.98}]}  # fmt: skip

    card = quality.reliability(report, of="j")

    assert card.title == "Confidence differs from accuracy by 10.0 % on average"
    assert "due to chance" in card.warning
    assert card.figure.data[1].error_y.arrayminus[0] == pytest.approx(0.29)


def test_marks_suspect_gold_questions():
    items = [
        {"position": 3, "value": "heron", "active": True, "n": 10, "right": 2},
        {"position": 5, "value": "ibis", "active": True, "n": 10, "right": 9},
    ]

    card = quality.gold(items, of="j")

    assert card.title.startswith("1 gold question is missed")
    assert list(next(trace for trace in card.figure.data if trace.name == "review").text) == ["4"]


def test_redundancy_shows_savings():
    card = quality.redundancy([[2, "done", "sure-enough", 30], [3, "done", "all-answers", 10]], saved=30, price=0.012)

    assert card.title == "2.25 answers per object; 30 answers and $0.36 saved"
    assert {trace.name for trace in card.figure.data} == {"confident", "all answers received"}


def test_marks_pay_below_target():
    paid = CROWD.assign(per_hour=[15.0, 10.0, 5.0], active_per_hour=[16.0, 11.0, 6.0])

    card = money.hourly(paid, target=12.0, window="w", link=link)

    assert card.title == "2 of 3 workers below the target; median $10.00 per hour"
    assert [trace.marker.symbol for trace in card.figure.data] == ["circle", "triangle-down"]


def test_cost_accumulates_up_to_budget():
    card = money.cost(pd.Series([1.0, 2, 3], index=DAYS), budget=20, window="w")

    assert list(card.figure.data[0].y) == [1, 3, 6]
    assert card.figure.layout.shapes[0].y0 == 20


def test_latency_from_classes():
    counts = pd.DataFrame(
        {"what": ["submit"] * 3, "seconds": [0.01, 0.1, float("inf")], "within": [90, 100, 100], "n": [100] * 3}
    )

    card = service.latency(counts)

    assert card.title == "99 % of requests within 100 ms"
    assert [row[1] for row in labels.rows(card.table)] == ["0.01", "0.1", "∞"]


def test_weeks_begin_on_monday():
    days = pd.DataFrame({"day": [date(2026, 11, 2), date(2026, 11, 8), date(2026, 11, 9)], "scored": [1, 2, 4]})

    assert worker.weeks(days)["scored"].tolist() == [3, 4]


def test_csv_escapes_formulas():
    text = labels.to_csv(pd.DataFrame({"worker": ["=HYPERLINK()", "Cleo"], "n": [-1, 2]}))

    assert text == "worker,n\n'=HYPERLINK(),-1\nCleo,2\n"


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (np.log(4024), "about 4,000 : 1"),
        (np.log(1.6), "about 2 : 1"),
        (np.log(940_000), "about 900,000 : 1"),
        (92.4, "over 1,000,000 : 1"),
        (None, "–"),
    ],
)
def test_odds_are_rounded(evidence, expected):
    assert labels.odds(evidence) == expected


def by_day(n, **more):
    days = pd.date_range("2026-09-01", periods=n, name="day")
    frame = pd.DataFrame(dict.fromkeys((*COLUMNS, "workers"), 0.0), index=days).assign(**more)
    return frame.reset_index().assign(day=lambda rows: rows["day"].dt.date)


def test_sparkline_gaps_for_unknown_shares():
    days = by_day(5, submitted=[1, 0, 3, 0, 2], gold_n=[2, 2, 0, 2, 2], gold_right=[2, 1, 0, 0, 1])

    sparks = spark.lines(days, first=date(2026, 8, 31), last=date(2026, 9, 5))

    assert sparks["submitted"].text == "Daily: first 0, last 2, minimum 0, maximum 3"
    assert sparks["gold_accuracy"].text == "Daily: first 100.0 %, last 50.0 %, minimum 0.0 %, maximum 100.0 %"
    assert sparks["gold_accuracy"].svg.count("M") == 2
    assert "agreement" not in sparks
    assert spark.lines(days.iloc[:0], first=None, last=None) == {}


def test_sparkline_by_whole_weeks():
    sparks = spark.lines(by_day(60, submitted=1, workers=4), first=None, last=None)

    assert sparks["submitted"].text == "Weekly: first 7, last 7, minimum 7, maximum 7"
    assert sparks["workers"].text == "Weekly: first 4, last 4, minimum 4, maximum 4"
    assert "Daily" in spark.lines(by_day(45, submitted=1), first=None, last=None)["submitted"].text


def flow(**more):
    amounts = {"before": 10, "held": 5, "earned": 4, "fees": 1, "released": 2, "beyond": 3} | more
    return Flow(jobs=2, **{name: Decimal(amount) for name, amount in amounts.items()})


def test_budget_waterfall():
    card = money.flow(flow(), come=6.0, ends_now=True, window="w", link="/dashboards/job/1/")

    assert card.table.to_numpy().tolist() == [
        ["reserved before", 10], ["reserved", 5], ["paid for answers", -4], ["fees", -1], ["released", -2],
        ["still reserved", 8], ["may still be spent", -6],
    ]  # fmt: skip
    less = next(trace for trace in card.figure.data if "fees" in trace.y)
    assert list(zip(less.y, less.base, less.x, strict=True)) == [
        ("paid for answers", 15, -4), ("fees", 11, -1), ("released", 10, -2),
    ]  # fmt: skip
    assert less.customdata[0][0] == "/dashboards/job/1/"
    assert card.title == "$8.00 of $15.00 left; up to $6.00 may still be spent"
    assert "$3.00 for late answers" in card.subtitle


def test_budget_shortfall_title():
    assert money.flow(flow(), come=9.0, ends_now=True, window="w").title == (
        "$8.00 left; $1.00 short of what may still be spent"
    )
    past = money.flow(flow(before=0), come=9.0, ends_now=False, window="w")
    assert past.title == "-$2.00 of $5.00 left"
    assert "may still be spent" not in past.table["what"].tolist()


def test_hourly_shortfall():
    paid = CROWD.assign(per_hour=[15.0, 10.0, 5.0], active_per_hour=1.0, seconds=3600.0, lost_seconds=1800.0)
    paid["paid"] = [22.5, 15.0, 7.5]

    lacking = measures.top_up(paid, target=12.0)

    assert lacking == 3 + 10.5
    assert "$13.50" in money.hourly(paid, target=12.0, window="w", link=link, lacking=lacking).subtitle
