"""Follow the budgets of jobs: held, earned by answers, fees and released, according to the ledger.

Ledger entries of answers are as many as answers and are not read. Holds, fees and releases are found by the references
of their transactions, a handful per job. Earnings come from the job workers (in total) and from the totals of days
(from a day on). Extra answers are few; they are paid from the funds instead of a budget, and their entries are read.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from gtcrowd.analytics.filters import Filters, of_jobs
from gtcrowd.analytics.sources import totals_of
from gtcrowd.identity.access import Viewer
from gtcrowd.ledger import names

ZERO = Decimal("0.000")
# The operators ~>=~ and ~<~ use the prefix index of references under any collation; ";" is the character after ":".
# OFFSET 0 makes the planner look up the few rows one by one; it cannot know how few they are and would join all.
MOVED = """
SELECT moved.kind, {at}, sum((
    SELECT entry.amount FROM ledger_entry entry JOIN ledger_account account ON account.id = entry.account_id
    WHERE entry.transaction_id = moved.id AND account.name = 'job:' || job.id || '/hold'
))
FROM jobs_job job CROSS JOIN LATERAL (
    SELECT 'held' AS kind, id, happened_at FROM ledger_transaction WHERE reference = 'hold:' || job.id
    UNION ALL
    SELECT 'held', id, happened_at FROM ledger_transaction
    WHERE reference ~>=~ ('hold:' || job.id || ':') AND reference ~<~ ('hold:' || job.id || ';')
    UNION ALL
    SELECT 'fees', id, happened_at FROM ledger_transaction WHERE reference = 'fee:' || job.id
    UNION ALL
    SELECT 'released', id, happened_at FROM ledger_transaction WHERE reference = 'release:' || job.id
) AS moved
WHERE {jobs} GROUP BY 1, 2
"""
EARNED = """
SELECT (SELECT count(*) FROM jobs_job job WHERE {jobs}), coalesce(sum(job_worker.paid), 0)
FROM tasks_jobworker job_worker JOIN jobs_job job ON job.id = job_worker.job_id WHERE {jobs}
"""
EARNED_SINCE = (
    "SELECT CASE WHEN total.day > %(end)s THEN 'after' ELSE 'within' END, sum(total.paid) {source} GROUP BY 1"
)
BEYOND = """
SELECT {at}, -sum(entry.amount)
FROM ledger_entry entry CROSS JOIN LATERAL (
    SELECT reference, happened_at FROM ledger_transaction WHERE id = entry.transaction_id OFFSET 0
) AS moved CROSS JOIN LATERAL (
    SELECT job_id FROM tasks_answer WHERE assignment_id =
        CASE WHEN starts_with(moved.reference, 'answer:') THEN substr(moved.reference, 8)::bigint END OFFSET 0
) AS answer JOIN jobs_job job ON job.id = answer.job_id
WHERE entry.account_id = (SELECT id FROM ledger_account WHERE name = %(funds)s) AND entry.amount < 0 AND {jobs}
GROUP BY 1
"""
AT = (
    "CASE WHEN moved.happened_at < %(first)s THEN 'before' WHEN moved.happened_at >= %(last)s THEN 'after' "
    "ELSE 'within' END"
)


@dataclass(frozen=True)
class Flow:
    """The budgets of `jobs` over a period, in dollars.

    before    held at the beginning of the period
    held      held during it, less reductions by changes of a job
    earned    by answers, from budgets
    fees      of the service
    released  returned at the end of jobs
    beyond    earned by extra answers, from the funds
    """

    jobs: int
    before: Decimal
    held: Decimal
    earned: Decimal
    fees: Decimal
    released: Decimal
    beyond: Decimal

    @property
    def after(self) -> Decimal:
        """Held at the end of the period."""
        return self.before + self.held - self.earned - self.fees - self.released


def flow(viewer: Viewer, filters: Filters) -> Flow:
    """Return the flow of the budgets of the viewer's jobs within the filters: jobs, teams, kinds and days.

    Filters of workers are ignored; an open period has no bound.
    """
    where, params = of_jobs(viewer, filters)
    zone = ZoneInfo(viewer.requester.zone)
    params |= {
        "funds": names.funds(viewer.requester.pk),
        "first": datetime.combine(filters.first_day or date(1970, 1, 1), datetime.min.time(), zone),
        "last": datetime.combine((filters.last_day or date(9000, 1, 1)) + timedelta(days=1), datetime.min.time(), zone),
    }  # fmt: skip
    moved = {(kind, at): amount for kind, at, amount in _rows(MOVED.format(at=AT, jobs=where), params)}
    ((jobs, earned),) = _rows(EARNED.format(jobs=where), params)
    period = Filters(jobs=filters.jobs, teams=filters.teams, kinds=filters.kinds, first_day=filters.first_day)
    source = totals_of(viewer, period, ("day",))
    since = dict(_rows(EARNED_SINCE.format(source=source.text), source.params | {"end": filters.last_day or date.max}))
    beyond = dict(_rows(BEYOND.format(at=AT, jobs=where), params))
    within = since.get("within", ZERO) if filters.first_day else earned - since.get("after", ZERO)
    # Answers of the last seconds that are not in the totals yet count as earned before; the remaining hold is exact.
    before = earned - within - since.get("after", ZERO)

    def at(kind: str, when: str) -> Decimal:
        amount: Decimal = moved.get((kind, when), ZERO)
        return amount if kind == "held" else -amount

    return Flow(
        jobs=jobs,
        before=at("held", "before") - at("fees", "before") - at("released", "before")
        - (before - beyond.get("before", ZERO)),
        held=at("held", "within"),
        earned=within - beyond.get("within", ZERO),
        fees=at("fees", "within"),
        released=at("released", "within"),
        beyond=beyond.get("within", ZERO),
    )  # fmt: skip


def _rows(query: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        result: list[tuple[Any, ...]] = cursor.fetchall()
        return result
