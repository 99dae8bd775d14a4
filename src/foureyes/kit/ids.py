"""Ids: uuid7, so that the order of ids is the order in which they were made."""

import secrets
import threading
import uuid

from foureyes.kit import clock

_lock = threading.Lock()
_last = 0


def new_id() -> uuid.UUID:
    """A uuid7 (RFC 9562): milliseconds, then a counter within the millisecond (method 3), then 62 random bits.

    Ids of one process only ever rise, so that paging by id never skips a row which was made in the same millisecond.
    """
    global _last  # noqa: PLW0603  # The last stamp of this process is what makes the next one larger.
    with _lock:
        stamp = max(int(clock.now().timestamp() * 1000) << 12, _last + 1)
        _last = stamp
    value = (stamp >> 12) << 80 | 7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)
