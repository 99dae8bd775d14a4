"""The one clock: aware UTC times, and a steady counter for durations."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def steady() -> float:
    """Seconds on a clock that never goes back; only differences mean anything."""
    return time.monotonic()
