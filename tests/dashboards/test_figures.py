"""Figures by their data and layout: what is found, on how much, with its interval."""

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
            {"worker_id": place, "worker": name, "open_cases": 0, **dict.fromkeys(COLUMNS, 0)}
            for place, (name, _n, _r) in enumerate(rows)
        ]
    )
    frame["submitted"] = frame["scored"] = [n for _name, n, _right in rows]
    frame["expected_correct"] = [float(right) for _name, _n, right in rows]
    return measures.measured(frame)


CROWD = measured([("Cleo", 900, 890), ("Dan", 12, 11), ("Eve", 600, 60)])
"""Eve is surely below the crowd; of Dan little is known."""


def test_forest_sorts_by_the_lower_end_and_draws_intervals():
    drawn = workers.forest(CROWD, window="w", link=link)
    figure = drawn.figure

    assert list(figure.layout.yaxis.categoryarray) == ["Eve", "Dan", "Cleo"]
    assert "1 worker significantly below" in drawn.title
    assert "n = 1,512" in drawn.subtitle
    below = next(trace for trace in figure.data if trace.name == "significantly below the crowd")
    assert (list(below.y), below.marker.symbol) == (["Eve"], ("triangle-down",))
    assert below.error_x.array[0] > 0
    assert below.customdata[0][0] == "/dashboards/worker/2/"


def test_a_worker_with_few_answers_is_drawn_hollow():
    figure = workers.forest(CROWD, window="w", link=link).figure

    well = next(trace for trace in figure.data if trace.name == "not below the crowd")
    assert dict(zip(well.y, well.marker.symbol, strict=True)) == {"Dan": "circle-open", "Cleo": "circle"}


def test_of_many_workers_the_ends_are_drawn_and_it_says_so():
    drawn = workers.forest(measured([(f"w{place}", 50, place % 50) for place in range(80)]), window="w", link=link)

    assert len(drawn.figure.layout.yaxis.categoryarray) == 60
    assert "30 lowest and the 30 highest of 80" in drawn.warning
    assert len(drawn.table) == 80


def test_two_of_the_same_name_have_a_line_each():
    drawn = workers.forest(measured([("Cleo", 90, 89), ("Cleo", 50, 20)]), window="w", link=link)

    assert len(set(drawn.figure.layout.yaxis.categoryarray)) == 2


def test_funnel_names_who_is_outside():
    gold = CROWD.assign(gold_n=[100, 100, 100], gold_right=[95, 95, 20])

    drawn = workers.funnel(gold, window="w", link=link)

    assert drawn.title.startswith("1 worker below the 99.8 % control limit")
    below = next(trace for trace in drawn.figure.data if trace.name == "below the 95 % limit")
    assert list(below.text) == ["Eve"]
    assert drawn.figure.layout.xaxis.type == "log"
    assert "gold questions" in drawn.subtitle


def test_figures_of_nothing_say_so():
    nothing = CROWD.iloc[:0]

    for drawn in (
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
        assert drawn.figure is None
        assert drawn.title


def test_the_median_of_seven_days_and_the_way_to_a_day():
    table = pd.DataFrame({"Cleo": [1.0, 2, 30]}, index=DAYS)

    drawn = throughput.throughput(
        table,
        zone="Asia/Seoul",
        link=lambda first, last: f"/dashboards/?from={first}",
        other=view_models.Level("the crowd", 4.0),
    )

    assert list(drawn.figure.data[-1].y) == [1, 1.5, 2]
    assert drawn.figure.data[0].customdata[2][0] == "/dashboards/?from=2026-11-03"
    assert "Asia/Seoul" in drawn.subtitle
    assert "33" in drawn.subtitle
    assert drawn.title == "11 answers per day, 30 on the busiest day"


@pytest.mark.parametrize(
    ("days", "bars", "told"), [(120, 120, "per day"), (126, 18, "per week"), (900, 30, "per month")]
)
def test_many_days_are_drawn_by_week_or_month(days, bars, told):
    table = pd.DataFrame({"Cleo": 1.0}, index=pd.date_range("2024-01-01", periods=days, name="day"))

    drawn = throughput.throughput(table, zone="UTC", link=lambda first, last: f"{first}/{last}")

    assert len(drawn.figure.data[0].x) == bars
    assert sum(drawn.figure.data[0].y) == days
    assert told in drawn.subtitle
    if told == "per week":
        assert drawn.figure.data[0].customdata[0][0] == "2024-01-01/2024-01-07"


def test_burn_down_joins_what_was_and_what_will_be():
    history = pd.Series([10.0] * 10, index=pd.date_range("2026-11-01", periods=10, name="day"))
    ahead = forecast.finish(history.to_numpy(), rest=50, today=date(2026, 11, 10))

    drawn = throughput.burn_down(history, ahead, what="j")

    past = next(trace for trace in drawn.figure.data if trace.name == "so far")
    assert (past.y[0], past.y[-1]) == (140, 50)
    assert drawn.title.startswith("Expected finish 2026-11-15")
    assert {"50 %", "90 %"} <= {trace.name for trace in drawn.figure.data}
    assert drawn.explain == ("forecast",)


@pytest.mark.parametrize(
    ("rest", "past", "told"),
    [(0, [5.0] * 5, "All target answers received"), (9, [1.0], "too few days"), (9, [0.0] * 5, "no recent answers")],
)
def test_no_forecast_says_why(rest, past, told):
    history = pd.Series(past, index=pd.date_range("2026-11-01", periods=len(past), name="day"))

    assert (
        told in throughput.burn_down(history, forecast.finish(past, rest=rest, today=date(2026, 11, 9)), what="j").title
    )


def test_hours_begin_with_monday_in_the_readers_language():
    table = pd.DataFrame(np.zeros((7, 24), int))
    table.loc[0, 9] = 5
    table = table.rename_axis("weekday").reset_index()

    assert throughput.hours(table, zone="UTC", window="w").title == "Busiest hour: Mon 09:00"
    with translation.override("ja"):
        assert throughput.hours(table, zone="UTC", window="w").figure.data[0].y[0] == "月"


def test_times_are_drawn_by_their_shares():
    counts = np.bincount(latency.classes([10] * 50 + [20] * 50), minlength=latency.CLASSES)

    drawn = throughput.times(counts, counts * 0, window="w")

    assert [trace.name for trace in drawn.figure.data] == ["from assignment to submission"]
    assert drawn.figure.data[0].y[-1] == 1
    assert drawn.figure.layout.xaxis.type == "log"


def test_confusion_as_counts_and_as_shares():
    counts = [[8, 2], [1, 2]]

    drawn = quality.confusion(counts, ["heron", "ibis"], of="j", rates=False, link=lambda *pair: "/".join(pair))
    shares = quality.confusion(counts, ["heron", "ibis"], of="j", rates=True)

    assert drawn.figure.data[0].z.tolist() == counts
    assert drawn.figure.data[0].customdata[0] == ["heron/heron", "heron/ibis"]
    assert drawn.links == ("heron/", "ibis/")
    assert drawn.title == "23.1 % of answers disagree with the label"
    assert shares.figure.data[0].z[0].tolist() == [0.8, 0.2]
    assert np.isnan(shares.figure.data[0].z[1]).all()
    assert "fewer than 5" in shares.warning


def test_pairs_are_told_with_their_share():
    found = measures.top_pairs([[8, 2], [1, 2]], ["heron", "ibis"])
    some = Thumbnail("", "a", "Object 0", "/o/")
    drawn = quality.pairs(found, of="j", link=lambda *pair: "/".join(pair), examples=[(some,), ()])

    assert drawn.title == "heron is confused with ibis in 20.0 % of answers"
    assert list(drawn.figure.data[0].x) == [2, 1]
    assert [pair[0] for pair in drawn.figure.data[0].customdata] == ["heron/ibis", "ibis/heron"]
    assert drawn.examples == (("heron → ibis", (some,)),)


def test_who_agrees_stands_side_by_side():
    kappa = [[None, 0.1, 0.9], [0.1, None, 0.2], [0.9, 0.2, None]]
    content = {"workers": [1, 2, 3], "kappa": kappa, "shared": np.full((3, 3), 9).tolist()}

    drawn = quality.matrix(content, {1: "Cleo", 2: "Dan", 3: "Eve"}, of="j", link=link)

    order = list(drawn.figure.layout.xaxis.ticktext)
    assert abs(order.index("Cleo") - order.index("Eve")) == 1
    assert drawn.table.iloc[-1].tolist()[2:] == [0.9, 9]


def test_few_shared_objects_are_left_blank():
    content = {"workers": [1, 2], "kappa": [[1, 1.0], [1.0, 1]], "shared": [[9, 2], [2, 9]]}

    assert "No two workers" in quality.matrix(content, {}, of="j", link=link).title


def test_calibration_warns_where_little_is_known():
    found = {"n": 9, "ece": 0.1, "few": True, "bins": [
        {"low": 0.9, "high": 1, "n": 9, "confidence": 0.95, "right": 8, "accuracy": 0.89, "least": 0.6, "most": 0.98}]}  # fmt: skip

    drawn = quality.reliability(found, of="j")

    assert drawn.title == "Confidence differs from accuracy by 10.0 % on average"
    assert "due to chance" in drawn.warning
    assert drawn.figure.data[1].error_y.arrayminus[0] == pytest.approx(0.29)


def test_known_objects_missed_by_most_are_marked():
    items = [
        {"position": 3, "value": "heron", "active": True, "n": 10, "right": 2},
        {"position": 5, "value": "ibis", "active": True, "n": 10, "right": 9},
    ]

    drawn = quality.gold(items, of="j")

    assert drawn.title.startswith("1 gold question is missed")
    assert list(next(trace for trace in drawn.figure.data if trace.name == "review").text) == [4]


def test_redundancy_tells_what_was_saved():
    drawn = quality.redundancy([[2, "done", "sure-enough", 30], [3, "done", "all-answers", 10]], saved=30, price=0.012)

    assert drawn.title == "2.25 answers per object; 30 answers and $0.36 saved"
    assert {trace.name for trace in drawn.figure.data} == {"confident", "all answers received"}


def test_pay_below_the_target_is_told_apart():
    paid = CROWD.assign(per_hour=[15.0, 10.0, 5.0], active_per_hour=[16.0, 11.0, 6.0])

    drawn = money.hourly(paid, target=12.0, window="w", link=link)

    assert drawn.title == "2 of 3 workers below the target; median $10.00 per hour"
    assert [trace.marker.symbol for trace in drawn.figure.data] == ["circle", "triangle-down"]


def test_cost_adds_up_and_shows_the_budget():
    drawn = money.cost(pd.Series([1.0, 2, 3], index=DAYS), budget=20, window="w")

    assert list(drawn.figure.data[0].y) == [1, 3, 6]
    assert drawn.figure.layout.shapes[0].y0 == 20


def test_latency_from_classes():
    counts = pd.DataFrame(
        {"what": ["submit"] * 3, "seconds": [0.01, 0.1, float("inf")], "within": [90, 100, 100], "n": [100] * 3}
    )

    drawn = service.latency(counts)

    assert drawn.title == "99 % of requests within 100 ms"
    assert [row[1] for row in labels.rows(drawn.table)] == ["0.01", "0.1", "∞"]


def test_weeks_begin_on_monday():
    days = pd.DataFrame({"day": [date(2026, 11, 2), date(2026, 11, 8), date(2026, 11, 9)], "scored": [1, 2, 4]})

    assert worker.weeks(days)["scored"].tolist() == [3, 4]


def test_a_file_runs_nothing_in_a_spreadsheet():
    text = labels.to_csv(pd.DataFrame({"worker": ["=HYPERLINK()", "Cleo"], "n": [-1, 2]}))

    assert text == "worker,n\n'=HYPERLINK(),-1\nCleo,2\n"


@pytest.mark.parametrize(
    ("evidence", "told"),
    [
        (np.log(4024), "about 4,000 : 1"),
        (np.log(1.6), "about 2 : 1"),
        (np.log(940_000), "about 900,000 : 1"),
        (92.4, "over 1,000,000 : 1"),
        (None, "–"),
    ],
)
def test_evidence_is_told_plainly(evidence, told):
    assert labels.odds(evidence) == told


def by_day(n, **more):
    days = pd.date_range("2026-09-01", periods=n, name="day")
    frame = pd.DataFrame(dict.fromkeys((*COLUMNS, "workers"), 0.0), index=days).assign(**more)
    return frame.reset_index().assign(day=lambda rows: rows["day"].dt.date)


def test_lines_have_gaps_where_a_share_is_not_known():
    days = by_day(5, submitted=[1, 0, 3, 0, 2], gold_n=[2, 2, 0, 2, 2], gold_right=[2, 1, 0, 0, 1])

    found = spark.lines(days, first=date(2026, 8, 31), last=date(2026, 9, 5))

    assert found["submitted"].text == "Daily: first 0, last 2, minimum 0, maximum 3"
    assert found["gold_accuracy"].text == "Daily: first 100.0 %, last 50.0 %, minimum 0.0 %, maximum 100.0 %"
    assert found["gold_accuracy"].svg.count("M") == 2
    assert "agreement" not in found
    assert spark.lines(days.iloc[:0], first=None, last=None) == {}


def test_many_days_are_a_line_of_whole_weeks():
    found = spark.lines(by_day(60, submitted=1, workers=4), first=None, last=None)

    assert found["submitted"].text == "Weekly: first 7, last 7, minimum 7, maximum 7"
    assert found["workers"].text == "Weekly: first 4, last 4, minimum 4, maximum 4"
    assert "Daily" in spark.lines(by_day(45, submitted=1), first=None, last=None)["submitted"].text


def flow(**more):
    amounts = {"before": 10, "held": 5, "earned": 4, "fees": 1, "released": 2, "beyond": 3} | more
    return Flow(jobs=2, **{name: Decimal(amount) for name, amount in amounts.items()})


def test_budgets_go_down_step_by_step_to_what_is_held():
    drawn = money.flow(flow(), come=6.0, ends_now=True, window="w", link="/dashboards/job/1/")

    assert drawn.table.to_numpy().tolist() == [
        ["reserved before", 10], ["reserved", 5], ["paid for answers", -4], ["fees", -1], ["released", -2],
        ["still reserved", 8], ["may still be spent", -6],
    ]  # fmt: skip
    less = next(trace for trace in drawn.figure.data if "fees" in trace.y)
    assert list(zip(less.y, less.base, less.x, strict=True)) == [
        ("paid for answers", 15, -4), ("fees", 11, -1), ("released", 10, -2),
    ]  # fmt: skip
    assert less.customdata[0][0] == "/dashboards/job/1/"
    assert drawn.title == "$8.00 of $15.00 left; up to $6.00 may still be spent"
    assert "$3.00 for late answers" in drawn.subtitle


def test_what_does_not_reach_to_the_end_is_said():
    assert money.flow(flow(), come=9.0, ends_now=True, window="w").title == (
        "$8.00 are left, $1.00 less than is still to come"
    )
    past = money.flow(flow(before=0), come=9.0, ends_now=False, window="w")
    assert past.title == "$-2.00 are left of $5.00 set aside".replace("$-", "-$")
    assert "may still be spent" not in past.table["what"].tolist()


def test_what_is_lacking_to_the_target():
    paid = CROWD.assign(per_hour=[15.0, 10.0, 5.0], active_per_hour=1.0, seconds=3600.0, lost_seconds=1800.0)
    paid["paid"] = [22.5, 15.0, 7.5]

    lacking = measures.top_up(paid, target=12.0)

    assert lacking == 3 + 10.5
    assert "$13.50" in money.hourly(paid, target=12.0, window="w", link=link, lacking=lacking).subtitle
