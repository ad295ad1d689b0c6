"""Figures of money: payments, budgets by job, and pay per hour."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from django.utils.translation import gettext as _

from dashboards.figures.style import BLUE, GREEN, GREY, INK, ORANGE, dress, pattern
from dashboards.labels import dollars
from dashboards.view_models import FigureCard
from gtcrowd.analytics.money import Flow


def cost(days: pd.Series, *, budget: float, window: str) -> FigureCard:
    """Draw cumulative payments with the budget of the jobs shown; `days`: paid on each day."""
    paid = days.cumsum()
    subtitle = _("Cumulative payments for answers in dollars; budget of the jobs shown %(budget)s; %(window)s") % {
        "budget": dollars(budget),
        "window": window,
    }
    table = pd.DataFrame({"day": pd.to_datetime(paid.index), "paid": paid.to_numpy()})
    if paid.empty:
        return FigureCard(_("No payments yet"), subtitle, table, explain=("paid",))
    figure = go.Figure()
    figure.add_scatter(
        x=paid.index,
        y=paid,
        mode="lines",
        fill="tozeroy",
        name=_("paid"),
        line={"color": BLUE, "shape": "hv"},
        fillcolor="rgba(59, 125, 216, 0.2)",
    )
    if budget:
        figure.add_hline(y=budget, line={"color": INK, "dash": "dot"}, annotation_text=_("budget"))
    dress(figure).update_yaxes(rangemode="tozero", tickprefix="$").update_xaxes(tickformat="%m-%d")
    title = _("%(paid)s paid in this period") % {"paid": dollars(float(paid.iloc[-1]))}
    return FigureCard(title, subtitle, table.iloc[::-1], figure, ("paid",))


def flow(budgets: Flow, *, come: float, ends_now: bool, window: str, link: str = "") -> FigureCard:
    """Draw what became of the budgets of jobs, as a waterfall.

    The last step is what may still be spent (`come`) if the period ends now; `link`: target of a click.
    """
    subtitle = _(
        "Budgets of the jobs shown including fees, from the ledger, for all workers; n = %(n)s jobs; "
        "%(window)s; not included: %(beyond)s for late answers, paid from the balance"
    ) % {"n": f"{budgets.jobs:,}", "window": window, "beyond": dollars(float(budgets.beyond))}
    begins, ends = float(budgets.before), float(budgets.after)
    steps = [
        (_("reserved"), float(budgets.held)), (_("paid for answers"), -float(budgets.earned)),
        (_("fees"), -float(budgets.fees)), (_("released"), -float(budgets.released)),
    ]  # fmt: skip
    rows: list[tuple[str, float, float, str]] = []  # step, base, amount and style
    at = 0.0
    if begins:
        rows.append((_("reserved before"), 0.0, begins, "total"))
        at = begins
    for step, amount in steps:
        rows.append((step, at, amount, "more" if amount > 0 else "less"))
        at += amount
    rows.append((_("still reserved"), 0.0, ends, "total"))
    if ends_now and come:
        rows.append((_("may still be spent"), ends, -come, "ahead"))
    table = pd.DataFrame([(step, amount) for step, _at, amount, _how in rows], columns=["what", "amount"])
    if not any(amount for _what, _at, amount, _how in rows):
        return FigureCard(
            _("No budget was reserved for a job in this period"), subtitle, table.iloc[:0], explain=("paid",)
        )
    figure = go.Figure()
    for how, colour, shape in (
        ("total", BLUE, ""), ("more", GREEN, "+"), ("less", ORANGE, "/"), ("ahead", GREY, "."),
    ):  # fmt: skip
        group = [row for row in rows if row[3] == how]
        if group:
            figure.add_bar(
                y=[row[0] for row in group],
                base=[row[1] for row in group],
                x=[row[2] for row in group],
                orientation="h",
                marker={"color": colour, "pattern": pattern(shape)},
                text=[_signed(row[2], how) for row in group],
                textposition="none",
                showlegend=False,
                customdata=[[link]] * len(group),
                hovertemplate="%{y}: %{text}<extra></extra>",
            )
    dress(figure, height=70 + 46 * len(rows), legend=False).update_layout(barmode="overlay", bargap=0.35)
    names = [row[0] for row in rows]
    # Amounts are part of the axis labels: next to the bars they would not fit on a small screen.
    tick_texts = [f"{step}<br><b>{_signed(amount, how)}</b>" for step, _at, amount, how in rows]
    figure.update_yaxes(
        categoryorder="array", categoryarray=names, autorange="reversed", tickvals=names, ticktext=tick_texts
    )
    figure.update_xaxes(tickprefix="$", nticks=5)
    amounts = {
        "left": dollars(ends), "all": dollars(begins + float(budgets.held)), "come": dollars(come),
        "short": dollars(come - ends),
    }  # fmt: skip
    if not ends_now or not come:
        title = _("%(left)s of %(all)s left")
    elif come > ends:
        title = _("%(left)s left; %(short)s short of what may still be spent")
    else:
        title = _("%(left)s of %(all)s left; up to %(come)s may still be spent")
    return FigureCard(title % amounts, subtitle, table, figure, ("paid",))


def _signed(amount: float, how: str) -> str:
    return f"+{dollars(amount)}" if how == "more" else dollars(amount)


def by_job(jobs: pd.DataFrame, left: pd.Series, *, link: Callable[[int], str]) -> FigureCard:
    """Draw each job's budget: paid, may still be spent, not needed."""
    top = jobs.iloc[:30]
    to_come = (left.loc[top.index] * top["price"]).astype(float)
    unspent = (top["budget"] - top["paid"] - to_come).clip(lower=0)
    table = top[["job", "state", "budget", "paid"]].assign(to_come=to_come, unspent=unspent)
    subtitle = _(
        "Budget of each job without fees: paid, may still be spent if all target answers are submitted, not needed"
    )
    if jobs.empty:
        return FigureCard(_("No jobs yet"), subtitle, table, explain=("paid",))
    figure = go.Figure()
    hrefs = [[link(int(pk))] for pk in top["job_id"]]
    for name, values, colour, shape in (
        (_("paid"), top["paid"], BLUE, ""),
        (_("may still be spent"), to_come, ORANGE, "/"),
        (_("not needed"), unspent, GREY, "."),
    ):
        figure.add_bar(
            y=top["job"], x=values, orientation="h", name=name, marker={"color": colour, "pattern": pattern(shape)},
            customdata=hrefs, hovertemplate="%{y}: $%{x:,.2f}<extra>" + name + "</extra>",
        )  # fmt: skip
    size = 34 * max(len(top), 2)
    dress(figure, height=150 + size).update_layout(barmode="stack", legend={"y": -0.16 - 10 / (40 + size)})
    figure.update_yaxes(autorange="reversed").update_xaxes(tickprefix="$")
    amounts = {"paid": dollars(float(jobs["paid"].sum())), "come": dollars(float((left * jobs["price"]).sum()))}
    return FigureCard(
        _("%(paid)s paid; up to %(come)s may still be spent") % amounts,
        subtitle,
        table,
        figure,
        ("paid",),
        links=tuple(href[0] for href in hrefs),
    )


def hourly(
    workers: pd.DataFrame, *, target: float, window: str, link: Callable[[int], str], lacking: float = 0.0
) -> FigureCard:
    """Draw the pay per hour of each worker with median and target. `lacking`: total shortfall in dollars."""
    rows = workers[workers["per_hour"].notna()].sort_values("per_hour", ignore_index=True)
    subtitle = _(
        "Pay per hour on tasks, including returned tasks; one dot per worker; target %(target)s; n = %(n)s; %(window)s"
    ) % {
        "target": dollars(target),
        "n": f"{len(rows):,}",
        "window": window,
    }
    if target and lacking:
        shortfall_text = _("shortfall against the target: %(lacking)s") % {"lacking": dollars(lacking)}
        subtitle = f"{subtitle}; {shortfall_text}"
    table = rows[["worker", "per_hour", "active_per_hour", "submitted", "paid"]]
    explain = ("per_hour", "active_per_hour")
    if rows.empty:
        return FigureCard(_("No worker was paid in this period"), subtitle, table, explain=explain)
    figure = go.Figure()
    below = rows["per_hour"] < target
    share = (rows.index + 1) / len(rows)
    for name, chosen, colour, symbol in (
        (_("at or above the target"), ~below, GREEN, "circle"),
        (_("below the target"), below, ORANGE, "triangle-down"),
    ):
        group = rows[chosen]
        if len(group):
            figure.add_scatter(
                x=group["per_hour"],
                y=share[chosen],
                mode="markers",
                name=name,
                text=group["worker"],
                marker={"color": colour, "symbol": symbol, "size": 9},
                customdata=np.array([link(int(pk)) for pk in group["worker_id"]], dtype=object)[:, None],
                hovertemplate="%{text}: $%{x:,.2f}<extra></extra>",
            )
    if target:
        figure.add_vline(x=target, line={"color": INK, "dash": "dash"}, annotation_text=_("target"))
        figure.add_vrect(x0=0, x1=target, fillcolor=ORANGE, opacity=0.08, line_width=0)
    dress(figure).update_xaxes(tickprefix="$", rangemode="tozero", title={"text": _("Dollars per hour")})
    figure.update_yaxes(tickformat=".0%", range=[0, 1.05], title={"text": _("Share of workers")}).update_layout(
        legend={"y": -0.24}
    )
    values = {"below": int(below.sum()), "all": len(rows), "median": dollars(float(rows["per_hour"].median()))}
    return FigureCard(
        _("%(below)s of %(all)s workers below the target; median %(median)s per hour") % values,
        subtitle,
        table,
        figure,
        explain,
        links=tuple(link(int(pk)) for pk in rows["worker_id"]),
    )
