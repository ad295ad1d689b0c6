"""The names of accounts, in one place."""

DEPOSITS = "outside/deposits"
"""The world outside: what requesters pay in comes from here, so that entries still sum to zero."""

FEES = "platform/fees"


def funds(requester_id: int) -> str:
    return f"requester:{requester_id}/funds"


def hold(job_id: int) -> str:
    return f"job:{job_id}/hold"


def earned(worker_id: int) -> str:
    return f"worker:{worker_id}/earned"
