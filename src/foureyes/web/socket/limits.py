"""What one socket, one person and one process may take. They are constants; tests make them small."""

from dataclasses import dataclass
from datetime import timedelta

from foureyes.kit import clock


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes are bytes, rates are messages a second."""

    message: int = 16 * 1024
    topics: int = 200
    """Topics that one socket watches."""
    rate: float = 20.0
    burst: int = 40
    sockets: int = 10_000
    """Sockets of one process, those that have not said yet who they are included."""
    strangers: int = 1_000
    """Sockets that have not said yet who they are."""
    sockets_of_one: int = 50
    introduction: timedelta = timedelta(seconds=5)
    """The time for saying who one is."""
    waiting: int = 256
    """Messages that wait for a slow reader."""
    waiting_bytes: int = 1024 * 1024
    filling: int = 32
    """From so many on, of the progress of one review only the latest waits."""
    kept: int = 5_000
    """Events that are kept for those who come back."""
    kept_bytes: int = 8 * 1024 * 1024
    replay: int = 200
    """The most events that are told again; whoever missed more reads the state."""
    recheck: timedelta = timedelta(seconds=60)
    """How often it is asked whether the sign-in, the key and the memberships still hold."""
    unchecked: timedelta = timedelta(minutes=5)
    """How long a socket lives on without an answer to that, as when the database is away."""
    idle: timedelta = timedelta(minutes=10)
    """How long a socket may watch nothing."""
    farewell: timedelta = timedelta(seconds=5)
    """How long a reader that is being dropped has to take what was sent, and the reason."""


class Rate:
    """A bucket of `burst` permits that fills at `rate` a second."""

    __slots__ = ("_at", "_permits")

    def __init__(self, limits: Limits) -> None:
        self._permits = float(limits.burst)
        self._at = clock.steady()

    def take(self, limits: Limits, *, now: float) -> bool:
        """Whether one more message is within the rate."""
        self._permits = min(float(limits.burst), self._permits + (now - self._at) * limits.rate)
        self._at = now
        if self._permits < 1:
            return False
        self._permits -= 1
        return True
