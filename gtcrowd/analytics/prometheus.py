"""Export metrics to Prometheus: Ground Truth's metrics by their names, and the health of the service.

Values are read from totals at each scrape, so every process reports the same. Only latency is counted per web process:
see `REQUEST_SECONDS`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from gtcrowd.platform.metrics import REQUEST_SECONDS

WORK = """
SELECT requester.slug, team.name, workforce.name, sum(submitted), sum(returned), sum(declined), sum(expired),
       sum(total.seconds), sum(submitted + returned + declined + expired), count(DISTINCT total.worker_id)
FROM analytics_day total JOIN jobs_job job ON job.id = total.job_id
JOIN workforce_team team ON team.id = job.team_id JOIN workforce_workforce workforce ON workforce.id = team.workforce_id
JOIN identity_requester requester ON requester.id = total.requester_id
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
JOBS = """
SELECT requester.slug, job.name, counters.human_labeled, counters.machine_labeled, counters.failed
FROM jobs_job job JOIN jobs_counters counters ON counters.job_id = job.id
JOIN identity_requester requester ON requester.id = job.requester_id
WHERE job.ended_at IS NULL OR job.ended_at > now() - interval '7 days' ORDER BY 1, 2
"""
STATES = """
SELECT requester.slug, job.state, count(*) FROM jobs_job job
JOIN identity_requester requester ON requester.id = job.requester_id GROUP BY 1, 2 ORDER BY 1, 2
"""
QUEUE = "SELECT status::text, count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') GROUP BY 1"
OLDEST = """
SELECT coalesce(extract(epoch FROM now() - min(coalesce(job.scheduled_at, deferred.at))), 0)::float8
FROM procrastinate_jobs job LEFT JOIN LATERAL (
    SELECT min(at) AS at FROM procrastinate_events WHERE job_id = job.id AND type = 'deferred'
) deferred ON true
WHERE job.status = 'todo' AND coalesce(job.scheduled_at, now()) <= now()
"""
WAITING = "SELECT count(*) FROM tasks_dirtyday"
ENDED = {"Completed": "JobsSucceeded", "Failed": "JobsFailed", "Stopped": "JobsStopped"}


class _Service:
    """Reads the metrics from the database at each scrape."""

    def collect(self) -> Iterator[Metric]:
        yield from _work(_rows(WORK))
        yield from _objects(_rows(JOBS))
        states = {
            name: CounterMetricFamily(name, f"Jobs that ended, by result: {name}", labels=["requester"])
            for name in ENDED.values()
        }
        for requester, state, count in _rows(STATES):
            if state in ENDED:
                states[ENDED[state]].add_metric([requester], count)
        yield from states.values()
        queue = GaugeMetricFamily("gtcrowd_queue_tasks", "Queue tasks by state", labels=["state"])
        counts = dict(_rows(QUEUE))
        for state in ("todo", "doing"):
            queue.add_metric([state], counts.get(state, 0))
        yield queue
        ((oldest,),) = _rows(OLDEST)
        yield GaugeMetricFamily("gtcrowd_queue_oldest_seconds", "Waiting time of the oldest queue task", value=oldest)
        ((waiting,),) = _rows(WAITING)
        yield GaugeMetricFamily("gtcrowd_totals_waiting", "Events that are not in the totals yet", value=waiting)


def page() -> bytes:
    """Return all metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Service())
    registry.register(REQUEST_SECONDS)
    return generate_latest(registry)


def _work(rows: Iterable[tuple[Any, ...]]) -> Iterator[Metric]:
    names = ("TasksSubmitted", "TasksReturned", "TasksDeclined", "TasksExpired", "TimeSpent", "TasksAccepted")
    families = {
        name: CounterMetricFamily(name, f"{name} by team, in total", labels=["requester", "Workteam", "Workforce"])
        for name in names
    }
    active = GaugeMetricFamily(
        "ActiveWorkers", "Workers who submitted, returned or declined", labels=["requester", "Workteam", "Workforce"]
    )
    for requester, team, workforce, *sums, workers in rows:
        labels = [str(requester), str(team), str(workforce)]
        for name, value in zip(names, sums, strict=True):
            families[name].add_metric(labels, float(value))
        active.add_metric(labels, float(workers))
    yield from families.values()
    yield active


def _objects(rows: Iterable[tuple[Any, ...]]) -> Iterator[Metric]:
    names = ("DatasetObjectsHumanAnnotated", "DatasetObjectsAutoAnnotated", "DatasetObjectsLabelingFailed")
    families = {
        name: GaugeMetricFamily(name, f"{name} of a job", labels=["requester", "LabelingJobName"]) for name in names
    }
    total = GaugeMetricFamily(
        "TotalDatasetObjectsLabeled",
        "Objects labeled by workers and by machine",
        labels=["requester", "LabelingJobName"],
    )
    for requester, job, human, machine, failed in rows:
        labels = [str(requester), str(job)]
        for name, value in zip(names, (human, machine, failed), strict=True):
            families[name].add_metric(labels, float(value))
        total.add_metric(labels, float(human) + float(machine))
    yield from families.values()
    yield total


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        result: list[tuple[Any, ...]] = cursor.fetchall()
        return result
