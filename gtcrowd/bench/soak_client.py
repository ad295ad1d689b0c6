"""Run one client process of `gtcrowd bench soak`: work as several workers until killed.

Arguments: ids of job, a seed, ids of workers.
"""

import os
import random
import sys
import time
from contextlib import suppress
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gtcrowd.settings")

FORGOTTEN, RETURNED, DECLINED, TWICE = 0.02, 0.02, 0.005, 0.03
"""Shares of the tasks that are forgotten, returned, declined, and handed in twice. What was forgotten is handed in
after the time has run out and somebody else may have it, in half of the cases."""
LATE_SECONDS = 4
LABELS = ("cat", "dog", "owl")


def main(job_id: int, seed: int, workers: list[int]) -> None:
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from gtcrowd.jobs.models import Job  # noqa: PLC0415
    from gtcrowd.tasks.allocation import claim  # noqa: PLC0415
    from gtcrowd.tasks.answers import submit  # noqa: PLC0415
    from gtcrowd.tasks.lifecycle import release  # noqa: PLC0415
    from gtcrowd.workforce.models import Worker  # noqa: PLC0415

    job = Job.objects.select_related("team__workforce").get(pk=job_id)
    crowd = list(Worker.objects.filter(pk__in=workers))
    rng = random.Random(seed)  # noqa: S311 - draws what happens, no secrets
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    late: list[tuple[float, Any]] = []
    while True:
        with suppress(claim.NothingToDo, submit.AlreadyAnswered, submit.AssignmentEnded):
            if late and late[0][0] < time.monotonic():
                submit.submit(assignment=late.pop(0)[1], content=_content(rng), now=timezone.now())
            held = claim.next_assignment(worker=rng.choice(crowd), job=job, now=timezone.now())
            draw = rng.random()
            if draw < FORGOTTEN:
                if draw < FORGOTTEN / 2:
                    late.append((time.monotonic() + LATE_SECONDS, held))
                continue
            time.sleep(rng.random() * 0.002)
            if draw < FORGOTTEN + RETURNED:
                release.give_back(assignment=held, now=timezone.now())
                continue
            if draw < FORGOTTEN + RETURNED + DECLINED:
                release.decline(assignment=held, now=timezone.now())
                continue
            content = _content(rng)
            for _ in range(2 if rng.random() < TWICE else 1):
                submit.submit(assignment=held, content=content, now=timezone.now())


def _content(rng: random.Random) -> dict[str, Any]:
    return {"crowd-classifier": {"label": rng.choice(LABELS)}}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), [int(worker) for worker in sys.argv[3:]])
