"""The numbers for Prometheus: each helper moves what its name says, and labels stay few."""

from collections.abc import Callable

import pytest

from foureyes.kit import metrics


def value(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


def gained(action: Callable[[], None], name: str, **labels: str) -> float:
    before = value(name, **labels)
    action()
    return value(name, **labels) - before


def test_a_request_is_counted_and_timed() -> None:
    def done() -> None:
        metrics.request_done("GET", "/api/x", 200, 0.03)

    assert gained(done, "foureyes_http_requests_total", method="GET", route="/api/x", status="200") == 1
    assert gained(done, "foureyes_http_request_seconds_count", route="/api/x") == 1
    assert gained(done, "foureyes_http_request_seconds_bucket", route="/api/x", le="0.05") == 1
    assert gained(done, "foureyes_http_request_seconds_bucket", route="/api/x", le="0.025") == 0


def test_what_is_under_way_is_counted_while_it_is() -> None:
    for around, name, labels in (
        (metrics.request_in_flight(), "foureyes_http_requests_in_flight", {}),
        (metrics.socket_open(), "foureyes_sockets", {}),
        (metrics.review_running("review"), "foureyes_reviews_running", {"kind": "review"}),
    ):
        before = value(name, **labels)
        with around:
            assert value(name, **labels) == before + 1
        assert value(name, **labels) == before


def test_what_failed_is_no_longer_under_way() -> None:
    before = value("foureyes_reviews_running", kind="debug")
    with pytest.raises(ValueError), metrics.review_running("debug"):
        raise ValueError
    assert value("foureyes_reviews_running", kind="debug") == before


def test_a_stage_is_timed() -> None:
    assert gained(lambda: metrics.stage_done("collect", 0.2), "foureyes_stage_seconds_sum", stage="collect") == 0.2


def test_a_transaction_is_timed() -> None:
    def transaction() -> None:
        with metrics.transaction("write"):
            pass

    assert gained(transaction, "foureyes_database_seconds_count", verb="write") == 1


def call() -> None:
    tokens = {"input": 100, "output": 7}
    metrics.model_call("test:one", "settled", seconds=1.5, tokens=tokens, cost_micros=42)


@pytest.mark.parametrize(
    ("name", "labels", "more"),
    [
        ("foureyes_model_calls_total", {"model": "test:one", "outcome": "settled"}, 1),
        ("foureyes_model_call_seconds_sum", {"model": "test:one"}, 1.5),
        ("foureyes_model_tokens_total", {"model": "test:one", "kind": "input"}, 100),
        ("foureyes_model_tokens_total", {"model": "test:one", "kind": "output"}, 7),
        ("foureyes_model_cost_micros_total", {"model": "test:one"}, 42),
    ],
)
def test_a_model_call_counts_calls_time_tokens_and_money(name: str, labels: dict[str, str], more: float) -> None:
    assert gained(call, name, **labels) == more


def test_a_call_without_a_price_costs_nothing() -> None:
    def unpriced() -> None:
        metrics.model_call("test:free", "settled", seconds=1, tokens={}, cost_micros=None)

    assert gained(unpriced, "foureyes_model_cost_micros_total", model="test:free") == 0


def test_hits_and_misses_are_told_apart() -> None:
    def look() -> None:
        metrics.cache_lookup("answers", hit=True)
        metrics.cache_lookup("answers", hit=False)
        metrics.cache_lookup("answers", hit=True, times=3)

    assert gained(look, "foureyes_cache_lookups_total", cache="answers", outcome="hit") == 4
    assert gained(look, "foureyes_cache_lookups_total", cache="answers", outcome="miss") == 1


def test_ends_failures_and_dropped_sockets_are_counted() -> None:
    assert gained(
        lambda: metrics.review_ended("review", "failed"), "foureyes_reviews_ended_total", kind="review", status="failed"
    )
    assert gained(lambda: metrics.failure("broker"), "foureyes_failures_total", code="broker")
    assert gained(lambda: metrics.socket_dropped("slow"), "foureyes_sockets_dropped_total", why="slow")


def test_the_queue_is_as_last_read() -> None:
    metrics.queue_state({("review", "pending"): 4, ("debug", "pending"): 1}, {"review": 12.5})
    metrics.queue_state({("review", "pending"): 2}, {})
    assert value("foureyes_queue_length", kind="review", status="pending") == 2
    assert metrics.REGISTRY.get_sample_value("foureyes_queue_length", {"kind": "debug", "status": "pending"}) is None
    assert metrics.REGISTRY.get_sample_value("foureyes_queue_oldest_seconds", {"kind": "review"}) is None
    assert value("foureyes_database_up") == 1


def test_an_unknown_queue_is_not_an_empty_one() -> None:
    metrics.queue_state({("review", "pending"): 4}, {"review": 12.5})
    metrics.database_away()
    assert b'foureyes_queue_length{kind="review"' not in metrics.exposition()
    assert value("foureyes_database_up") == 0


def test_what_is_exposed_is_prometheus_text() -> None:
    text = metrics.exposition().decode()
    assert "# TYPE foureyes_http_requests_total counter" in text
    assert "process_resident_memory_bytes" in text
    assert "_created" not in text
