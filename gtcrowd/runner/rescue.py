"""Put tasks back into the queue that a killed worker had begun."""

import structlog
from procrastinate import App

SECONDS_SILENT = 20
"""A worker that has not reported for so long is dead; it reports every 10 seconds."""

log = structlog.get_logger(__name__)


async def requeue(app: App) -> int:
    """Let every task that a dead worker holds begin again; returns how many."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SECONDS_SILENT))
    for job in stalled:
        log.warning("task.rescued", task=job.task_name, id=job.id)
        await app.job_manager.retry_job(job)
    return len(stalled)
