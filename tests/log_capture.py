"""The log of a test, read back; afterwards logging is as it was."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from foureyes.analyzers.secrets import mask
from foureyes.kit.logging import configure_logging
from foureyes.settings import LogFormat, Settings


@contextmanager
def captured_log(settings: Settings) -> Iterator[io.StringIO]:
    """What is logged inside, as the settings say; JSON where they say nothing."""
    root = logging.getLogger()
    before = root.handlers, root.level, structlog.get_config()
    stream = io.StringIO()
    form = LogFormat.JSON if settings.log_format is LogFormat.AUTO else settings.log_format
    configure_logging(settings.model_copy(update={"log_format": form}), mask=mask, stream=stream)
    try:
        yield stream
    finally:
        root.handlers, root.level = before[0], before[1]
        structlog.configure(**before[2])
        structlog.contextvars.clear_contextvars()
