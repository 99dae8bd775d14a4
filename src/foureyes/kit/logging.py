"""Logs: one line for each event, as JSON or for people; secrets are masked, and every line names its request."""

import logging
import re
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from foureyes.settings import LogFormat, Settings

Mask = Callable[[str], str]

_HIDDEN: Final = "***"
_SECRET_KEY: Final = re.compile(
    r"(?i)(?:^|[_.-])(?:pass(?:word|wd|phrase)?|secret|token|(?:api|secret|private|signing)_?key|authorization|cookie|credential|dsn)s?$"
)
# Nothing from outside is ever in these, and masking costs more than the rest of a line.
_OURS: Final = frozenset({"event", "level", "timestamp", "logger", "request_id", "method", "route", "stage", "kind"})
_DEEPEST: Final = 4
# What these say when all is well, our own lines say already; and some would say whole prompts at debug.
_OWN_WAY = ("uvicorn", "uvicorn.error", "uvicorn.access")
_QUIET: Final = (
    "uvicorn", "docket", "sqlalchemy", "alembic", "asyncio", "httpx", "httpx2", "httpcore", "httpcore2",
    "openai", "anthropic", "google_genai", "redis", "urllib3", "opentelemetry",
)  # fmt: skip
_REQUEST_ID: Final = "request_id"


def configure_logging(settings: Settings, *, mask: Mask, stream: TextIO | None = None) -> None:
    """Have every log of this process, also of the libraries, written to `stream` (stderr) in one form.

    `mask` takes secrets out of a text; values under telling names, like `password`, are hidden whole.
    """
    out = stream or sys.stderr
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        Redaction(mask),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(settings, out)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _OWN_WAY:
        # A server that was started in this process before, in its own way, would keep its lines to itself.
        logging.getLogger(name).handlers, logging.getLogger(name).propagate = [], True
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


class Redaction:
    """A structlog processor that takes secrets out of everything a line holds."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> MutableMapping[str, Any]:  # noqa: ARG002
        for key, value in event.items():
            if key not in _OURS or (key == "event" and " " in str(value)):
                event[key] = self._clean(key, value, 0)
        return event

    def _clean(self, key: str, value: object, depth: int) -> object:
        if _SECRET_KEY.search(key) and isinstance(value, str | bytes):
            return _HIDDEN
        if isinstance(value, str):
            return self._mask(value)
        if value is None or isinstance(value, bool | int | float):
            return value
        if depth < _DEEPEST and isinstance(value, dict):
            return {str(name): self._clean(str(name), inner, depth + 1) for name, inner in value.items()}
        if depth < _DEEPEST and isinstance(value, list | tuple | set | frozenset):
            return [self._clean(key, inner, depth + 1) for inner in value]
        # Structlog's own record of where the line came from is for the formatter, which takes it out again.
        return value if key.startswith("_") else self._mask(str(value))


def correlation_id() -> str | None:
    """The id of the request that this work belongs to; None outside of one."""
    value = structlog.contextvars.get_contextvars().get(_REQUEST_ID)
    return value if isinstance(value, str) else None


@contextmanager
def correlated(request_id: str | None, **fields: str) -> Iterator[None]:
    """Every line that is logged inside names `request_id` and `fields`: for a job that goes on with a request."""
    bound = fields if request_id is None else {_REQUEST_ID: request_id, **fields}
    with structlog.contextvars.bound_contextvars(**bound):
        yield


def _renderer(settings: Settings, stream: TextIO) -> Processor:
    as_text = settings.log_format is LogFormat.TEXT or (settings.log_format is LogFormat.AUTO and stream.isatty())
    if as_text:
        return structlog.dev.ConsoleRenderer(colors=stream.isatty())
    return structlog.processors.JSONRenderer(ensure_ascii=True)
