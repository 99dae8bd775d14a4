"""The numbers of this process for Prometheus, all in one place; labels are few words of ours, never a client's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
# The moment at which each line began to count doubles what is sent, and nobody draws it.
disable_created_metrics()  # type: ignore[no-untyped-call]
MEDIA_TYPE: Final = CONTENT_TYPE_LATEST
_REQUEST_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_WORK_SECONDS: Final = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

_requests = Counter("foureyes_http_requests", "Requests answered.", ("method", "route", "status"), registry=REGISTRY)
_request_seconds = Histogram(
    "foureyes_http_request_seconds",
    "From the first byte of a request to the last of its answer.",
    ("route",),
    registry=REGISTRY,
    buckets=_REQUEST_SECONDS,
)
_in_flight = Gauge("foureyes_http_requests_in_flight", "Requests that are being answered.", registry=REGISTRY)
_sockets = Gauge("foureyes_sockets", "Open live connections.", registry=REGISTRY)
_dropped_sockets = Counter("foureyes_sockets_dropped", "Live connections that we ended.", ("why",), registry=REGISTRY)
_database_seconds = Histogram(
    "foureyes_database_seconds", "Transactions.", ("verb",), registry=REGISTRY, buckets=_REQUEST_SECONDS
)
_ended = Counter("foureyes_reviews_ended", "Reviews that ended here.", ("kind", "status"), registry=REGISTRY)
_running = Gauge("foureyes_reviews_running", "Reviews in flight in this process.", ("kind",), registry=REGISTRY)
_stage_seconds = Histogram(
    "foureyes_stage_seconds", "Stages of reviews.", ("stage",), registry=REGISTRY, buckets=_WORK_SECONDS
)
_calls = Counter("foureyes_model_calls", "Calls on the wire.", ("model", "outcome"), registry=REGISTRY)
_call_seconds = Histogram(
    "foureyes_model_call_seconds", "Calls on the wire.", ("model",), registry=REGISTRY, buckets=_WORK_SECONDS
)
_tokens = Counter("foureyes_model_tokens", "Tokens, as providers count them.", ("model", "kind"), registry=REGISTRY)
_cost = Counter("foureyes_model_cost_micros", "Micro-dollars, where prices are known.", ("model",), registry=REGISTRY)
_cache = Counter("foureyes_cache_lookups", "Questions to a cache.", ("cache", "outcome"), registry=REGISTRY)
_failures = Counter("foureyes_failures", "Failures, by their class.", ("code",), registry=REGISTRY)
_waiting = Gauge("foureyes_queue_length", "Reviews that wait, in the database.", ("kind", "status"), registry=REGISTRY)
_oldest = Gauge(
    "foureyes_queue_oldest_seconds",
    "Age of the oldest review that waits, in the database.",
    ("kind",),
    registry=REGISTRY,
)
_database_up = Gauge("foureyes_database_up", "1 when the database answered this scrape.", registry=REGISTRY)


@contextmanager
def request_in_flight() -> Iterator[None]:
    """Counts as a request under way inside."""
    with _in_flight.track_inprogress():
        yield


def request_done(method: str, route: str, status: int, seconds: float) -> None:
    """`route` is the template, such as `/api/reviews/{id}`; `status` 0 is a client that went away."""
    _requests.labels(method, route, str(status)).inc()
    _request_seconds.labels(route).observe(seconds)


@contextmanager
def socket_open() -> Iterator[None]:
    """Counts as an open live connection inside."""
    with _sockets.track_inprogress():
        yield


def socket_dropped(why: str) -> None:
    """We ended a live connection: `slow`, `malformed`, `expired` and such words."""
    _dropped_sockets.labels(why).inc()


@contextmanager
def transaction(verb: str) -> Iterator[None]:
    """The time inside counts as one transaction, waiting for a connection included; `verb` is `read` or `write`."""
    with _database_seconds.labels(verb).time():
        yield


@contextmanager
def review_running(kind: str) -> Iterator[None]:
    """Counts as a review in flight inside."""
    with _running.labels(kind).track_inprogress():
        yield


def review_ended(kind: str, status: str) -> None:
    _ended.labels(kind, status).inc()


def stage_done(stage: str, seconds: float) -> None:
    _stage_seconds.labels(stage).observe(seconds)


def model_call(model: str, outcome: str, *, seconds: float, tokens: Mapping[str, int], cost_micros: int | None) -> None:
    """One attempt on the wire. `tokens` by kind, such as `input`, `cached_input` and `output`."""
    _calls.labels(model, outcome).inc()
    _call_seconds.labels(model).observe(seconds)
    for kind, count in tokens.items():
        _tokens.labels(model, kind).inc(count)
    if cost_micros:
        _cost.labels(model).inc(cost_micros)


def cache_lookup(cache: str, *, hit: bool, times: int = 1) -> None:
    """`cache` is `answers` for settled model calls, `results` for whole reviews, `analyses` for analysers."""
    _cache.labels(cache, "hit" if hit else "miss").inc(times)


def failure(code: str) -> None:
    """Something failed that is not the client's fault; `code` is a FoureyesError's `error_code`."""
    _failures.labels(code).inc()


def queue_state(lengths: Mapping[tuple[str, str], int], oldest_seconds: Mapping[str, float]) -> None:
    """What waits in the database: how many by kind and status, and the age of the oldest by kind."""
    _database_up.set(1)
    _waiting.clear()
    _oldest.clear()
    for (kind, status), count in lengths.items():
        _waiting.labels(kind, status).set(count)
    for kind, seconds in oldest_seconds.items():
        _oldest.labels(kind).set(seconds)


def database_away() -> None:
    """The database did not answer: what waits is not known, which is not the same as nothing."""
    _database_up.set(0)
    _waiting.clear()
    _oldest.clear()


def exposition() -> bytes:
    """Every number in Prometheus' text format."""
    return generate_latest(REGISTRY)
