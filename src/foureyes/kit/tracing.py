"""Traces: spans for requests, runs, stages and model calls, which cost nothing until a collector is named."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from foureyes.errors import SettingError
from foureyes.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

Attribute = str | int | float | bool
_NOTHING: Final = nullcontext()
# With all its retries: so long a process that ends waits for a collector that is away.
_SECONDS: Final = 3


class _Current:
    """The tracer of this process, once there is one."""

    tracer: "Tracer | None" = None


def span(name: str, **attributes: Attribute) -> AbstractContextManager[object]:
    """Everything inside belongs to a span of this name; an error that leaves it is recorded there."""
    if _Current.tracer is None:
        return _NOTHING
    return _Current.tracer.start_as_current_span(name, attributes=attributes)


def describe(name: str = "", **attributes: Attribute) -> None:
    """Give the span at hand what was not known when it began: another name, and attributes."""
    if _Current.tracer is None:
        return
    from opentelemetry.trace import get_current_span  # noqa: PLC0415  # Only where traces are on.

    current = get_current_span()
    if name:
        current.update_name(name)
    current.set_attributes(attributes)


def trace_parent() -> str:
    """The span at hand as a W3C `traceparent`, for a job that goes on elsewhere; empty where there is none."""
    if _Current.tracer is None:
        return ""
    from opentelemetry.propagate import inject  # noqa: PLC0415  # Only where traces are on.

    carrier: dict[str, str] = {}
    inject(carrier)
    return carrier.get("traceparent", "")


@contextmanager
def continued(parent: str) -> Iterator[None]:
    """Spans inside are children of the span that `trace_parent` named."""
    if _Current.tracer is None or not parent:
        yield
        return
    from opentelemetry.context import attach, detach  # noqa: PLC0415
    from opentelemetry.propagate import extract  # noqa: PLC0415

    token = attach(extract({"traceparent": parent}))
    try:
        yield
    finally:
        detach(token)


@contextmanager
def traced(settings: Settings, service: str) -> Iterator[None]:
    """Spans inside are sent to the collector that the settings name, if they do, as those of `service`.

    Raises:
        SettingError: a collector is named, and the extra `traces` is not installed.
    """
    stop = configure_tracing(settings, service=service)
    try:
        yield
    finally:
        stop()


def configure_tracing(settings: Settings, *, service: str) -> Callable[[], None]:
    """Send spans to the collector that the settings name, if they do; what is returned sends the rest at the end.

    Raises:
        SettingError: a collector is named, and the extra `traces` is not installed.
    """
    if settings.traces_url is None:
        return lambda: None
    try:
        exporters = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
        resources = import_module("opentelemetry.sdk.resources")
        sdk = import_module("opentelemetry.sdk.trace")
        export = import_module("opentelemetry.sdk.trace.export")
    except ImportError as exc:
        raise SettingError(
            "FOUREYES_TRACES_URL", "needs the extra `traces`: install foureyes[traces], or unset it"
        ) from exc
    provider = sdk.TracerProvider(resource=resources.Resource.create({"service.name": service}))
    exporter = exporters.OTLPSpanExporter(endpoint=f"{settings.traces_url}/v1/traces", timeout=_SECONDS)
    provider.add_span_processor(export.BatchSpanProcessor(exporter))
    return use_provider(provider)


def use_provider(provider: Any) -> Callable[[], None]:  # noqa: ANN401  # The SDK's, which most do not have installed.
    """Make spans with `provider` from now on; what is returned ends that, and sends what is left."""
    _Current.tracer = provider.get_tracer("foureyes")

    def stop() -> None:
        _Current.tracer = None
        provider.shutdown()

    return stop
