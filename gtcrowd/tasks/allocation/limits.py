"""What one worker may do in one job at most."""

from collections.abc import Mapping
from decimal import Decimal
from math import ceil
from typing import Any

from django.utils.translation import gettext as _


def reached(
    limits: Mapping[str, Any], *, answers: int, seconds: float, paid: Decimal, price: Decimal, objects: int
) -> str | None:
    """A sentence for the worker if another task would go beyond a limit of the job, else None.

    `limits`: `answers`, `share` (percent of the job's `objects`), `hours`, `money`, each optional; the other
    arguments are what the worker has done in the job, and what a task pays.
    """
    if "answers" in limits and answers >= limits["answers"]:
        return _("You have reached the maximum number of answers per worker in this job. Thank you!")
    if "share" in limits and answers >= ceil(objects * limits["share"] / 100):
        return _("You have reached the maximum share of this job per worker. Thank you!")
    if "hours" in limits and seconds >= limits["hours"] * 3600:
        return _("You have reached the maximum working time per worker in this job. Thank you!")
    if "money" in limits and paid + price > Decimal(str(limits["money"])):
        return _("You have reached the maximum pay per worker in this job. Thank you!")
    return None
