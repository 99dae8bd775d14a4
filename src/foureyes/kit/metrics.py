"""The numbers of this process for Prometheus, all in one place; labels are few words of ours, never a client's."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

_requests = Counter("foureyes_http_requests", "Requests answered.", ("method", "route", "status"), registry=REGISTRY)
_request_seconds = Histogram(
    "foureyes_http_request_seconds",
    "From the first byte of a request to the last of its answer.",
    ("route",),
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_in_flight = Gauge("foureyes_http_requests_in_flight", "Requests that are being answered.", registry=REGISTRY)
_failures = Counter("foureyes_failures", "Failures, by their class.", ("code",), registry=REGISTRY)


@contextmanager
def request_in_flight() -> Iterator[None]:
    """Counts as a request under way inside."""
    with _in_flight.track_inprogress():
        yield


def request_done(method: str, route: str, status: int, seconds: float) -> None:
    _requests.labels(method, route, str(status)).inc()
    _request_seconds.labels(route).observe(seconds)


def failure(code: str) -> None:
    """Something failed that is not the client's fault; `code` is a FoureyesError's `error_code`."""
    _failures.labels(code).inc()
