"""What docket logs, made fit for a log that people read."""

import logging

from redis.exceptions import RedisError

_TALKERS = ("docket.worker", "docket.docket", "docket.strikelist", "docket._redelivery")


class _OutageFilter(logging.Filter):
    """Drops what is said of Redis being away: four times a second and for each kind, while we say it once."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        return not (isinstance(error, RedisError | OSError | BaseExceptionGroup) or "Redis" in record.getMessage())


def quieten_docket() -> None:
    """Let docket's warnings through, but neither its chatter about each job nor its despair of Redis."""
    logging.getLogger("docket").setLevel(logging.WARNING)
    for name in _TALKERS:
        talker = logging.getLogger(name)
        if not any(isinstance(known, _OutageFilter) for known in talker.filters):
            talker.addFilter(_OutageFilter())
