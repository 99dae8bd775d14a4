"""What waits to be sent to one socket: bounded, so that a slow reader costs nobody else anything."""

from foureyes.web.socket.limits import Limits
from foureyes.web.socket.messages import Message


class Outbox:
    """Messages in order. Once it has overflowed it takes no more: its socket is to be dropped."""

    __slots__ = ("_bytes", "_limits", "_number", "_waiting", "overflowed")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._waiting: dict[str | int, Message] = {}
        self._bytes = 0
        self._number = 0
        self.overflowed = False

    def push(self, message: Message) -> None:
        if self.overflowed:
            return
        key = self._place(message)
        if (older := self._waiting.pop(key, None)) is not None:
            self._bytes -= len(older.text)
        self._waiting[key] = message
        self._bytes += len(message.text)
        if len(self._waiting) > self._limits.waiting or self._bytes > self._limits.waiting_bytes:
            self.overflowed = True
            self.clear()

    def take(self) -> Message | None:
        """The next message; None when nothing waits."""
        if not self._waiting:
            return None
        message = self._waiting.pop(next(iter(self._waiting)))
        self._bytes -= len(message.text)
        return message

    def clear(self) -> None:
        self._waiting.clear()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def _place(self, message: Message) -> str | int:
        """Where it waits: progress takes the place of older progress, at the end, while the reader is behind."""
        if message.merge is not None and (message.merge in self._waiting or len(self._waiting) >= self._limits.filling):
            return message.merge
        self._number += 1
        return self._number
