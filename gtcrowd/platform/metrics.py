"""What a web process measures of its own requests; `gtcrowd.analytics.prometheus` puts it on the metrics page."""

from prometheus_client import Histogram

REQUEST_SECONDS = Histogram(
    "gtcrowd_request_seconds", "Time of a request in this web process, by what it does", ["what"], registry=None,
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)  # fmt: skip
