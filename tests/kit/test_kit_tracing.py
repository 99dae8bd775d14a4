"""Traces: nothing happens until a collector is named; then spans nest, also across processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from foureyes.errors import SettingError
from foureyes.kit.tracing import configure_tracing, continued, describe, span, trace_parent, traced, use_provider
from foureyes.settings import Settings


class Tracer:
    """A tracer that keeps what was begun: its name, its attributes, and the span around it."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, dict[str, Any], int]] = []

    @contextmanager
    def start_as_current_span(self, name: str, *, attributes: dict[str, Any]) -> Iterator[None]:
        around = trace.get_current_span().get_span_context().span_id
        self.begun.append((name, attributes, around))
        inner = SpanContext(trace_id=0xABC, span_id=len(self.begun), is_remote=False, trace_flags=TraceFlags(1))
        with trace.use_span(NonRecordingSpan(inner)):
            yield


class Written(NonRecordingSpan):
    """A span that keeps what it is told later."""

    def __init__(self) -> None:
        super().__init__(SpanContext(trace_id=1, span_id=1, is_remote=False))
        self.told: list[object] = []

    def update_name(self, name: str) -> None:
        self.told.append(name)

    def set_attributes(self, attributes: Any) -> None:
        self.told.append(dict(attributes))


class Provider:
    def __init__(self) -> None:
        self.tracer = Tracer()
        self.ended = False

    def get_tracer(self, name: str) -> Tracer:
        assert name == "foureyes"
        return self.tracer

    def shutdown(self) -> None:
        self.ended = True


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    stop = use_provider(made)
    yield made
    stop()


def test_without_a_collector_a_span_is_nothing() -> None:
    with span("run", review="r-1") as inside:
        assert inside is None
        assert trace_parent() == ""


def test_a_span_has_a_name_and_attributes(provider: Provider) -> None:
    with span("stage", name_of_stage="collect", files=3):
        pass
    assert provider.tracer.begun == [("stage", {"name_of_stage": "collect", "files": 3}, 0)]


def test_spans_nest(provider: Provider) -> None:
    with span("run"), span("stage"), span("model call"):
        pass
    assert [around for _, _, around in provider.tracer.begun] == [0, 1, 2]


def test_a_span_is_told_what_was_not_known_when_it_began(provider: Provider) -> None:
    written = Written()
    with trace.use_span(written):
        describe("GET /api/reviews/{id}", status=200)
        describe(outcome="answered")
    assert written.told == ["GET /api/reviews/{id}", {"status": 200}, {"outcome": "answered"}]


def test_without_a_collector_nothing_is_told() -> None:
    written = Written()
    with trace.use_span(written):
        describe("GET /api/reviews/{id}", status=200)
    assert written.told == []


def test_an_error_goes_through(provider: Provider) -> None:
    with pytest.raises(ValueError), span("run"):
        raise ValueError


def test_a_job_goes_on_with_the_request_that_began_it(provider: Provider) -> None:
    with span("request"):
        parent = trace_parent()
    assert parent == f"00-{0xABC:032x}-{1:016x}-01"
    with continued(parent), span("run"):
        pass
    assert provider.tracer.begun[-1] == ("run", {}, 1)


def test_afterwards_the_request_is_over(provider: Provider) -> None:
    with continued(f"00-{0xABC:032x}-{1:016x}-01"):
        pass
    with span("run"):
        pass
    assert provider.tracer.begun[-1] == ("run", {}, 0)


@pytest.mark.parametrize("parent", ["", "nonsense", "00-0-0-00"])
def test_a_parent_that_is_none_begins_a_new_trace(provider: Provider, parent: str) -> None:
    with continued(parent), span("run"):
        pass
    assert provider.tracer.begun[-1] == ("run", {}, 0)


def test_stopping_sends_the_rest_and_ends_spans() -> None:
    made = Provider()
    use_provider(made)()
    with span("run"):
        pass
    assert made.ended
    assert made.tracer.begun == []


def test_no_collector_is_configured_unless_it_is_named() -> None:
    configure_tracing(Settings(), service="foureyes-api")()
    with span("run") as inside:
        assert inside is None


def test_a_process_that_names_no_collector_runs_untraced() -> None:
    with traced(Settings(), "foureyes-api"), span("run") as inside:
        assert inside is None


@pytest.mark.skipif(find_spec("opentelemetry.sdk") is not None, reason="the extra is installed here")
def test_a_collector_without_the_extra_is_a_clear_error() -> None:
    with pytest.raises(SettingError, match="foureyes\\[traces\\]"):
        configure_tracing(Settings(traces_url="http://127.0.0.1:4318"), service="foureyes-api")
    with pytest.raises(SettingError), traced(Settings(traces_url="http://127.0.0.1:4318"), "foureyes-api"):
        pytest.fail("it must not begin without spans that were asked for")
