"""Ids of the page's parts, in one place."""

ADDRESS = "address"
JOBS, TEAMS, WORKERS, DAYS, GROUP, REFRESH = "jobs", "teams", "workers", "days", "group", "refresh"
NUMBERS, AS_OF = "numbers", "as-of"
FIGURES = ("accuracy", "seconds", "throughput", "cost", "progress")


def graph(name: str) -> str:
    return f"{name}-graph"


def table(name: str) -> str:
    return f"{name}-table"


def save(name: str) -> str:
    return f"{name}-save"


def download(name: str) -> str:
    return f"{name}-download"


def data(name: str) -> str:
    return f"{name}-csv"
