"""The core of live news: numbers it, keeps the latest of it, and hands it to whoever watches. It does no I/O."""

import json
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from foureyes.kit.bus import GAP, News
from foureyes.kit.ids import new_id
from foureyes.web.socket import messages
from foureyes.web.socket.limits import Limits
from foureyes.web.socket.messages import Message


class Watcher(Protocol):
    def push(self, message: Message) -> None:
        """Take a message to send. Never waits."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """How far a client had come: a number, and the process that gave it."""

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class _Kept:
    seq: int
    topics: tuple[str, ...]
    message: Message


class Hub:
    """Numbers rise by one in a process, and mean nothing in another: so each has an epoch."""

    def __init__(self, limits: Limits) -> None:
        self.epoch = new_id().hex
        self.seq = 0
        self._limits = limits
        self._kept: deque[_Kept] = deque()
        self._kept_bytes = 0
        self._forgotten = 0
        """The number of the latest event that is not kept any more."""
        self._watchers: dict[str, dict[Watcher, None]] = {}
        self._everybody: dict[Watcher, None] = {}

    def hello(self) -> Message:
        return messages.hello(self.epoch, self.seq)

    def tell(self, news: News) -> None:
        """Number it, keep it, and hand it to each watcher of its topics once."""
        self.seq += 1
        if news.type == GAP.type:
            self._forget_all()
            for watcher in self._everybody:
                watcher.push(messages.reset(self.epoch, self.seq))
            return
        message = _event(self.seq, news)
        self._keep(_Kept(self.seq, news.topics, message))
        for watcher in self._watching(news.topics):
            watcher.push(message)

    def join(self, watcher: Watcher) -> None:
        self._everybody[watcher] = None

    def leave(self, watcher: Watcher, topics: list[str]) -> None:
        self._everybody.pop(watcher, None)
        for topic in topics:
            self.unsubscribe(watcher, topic)

    def subscribe(self, watcher: Watcher, topic: str, place: Place | None) -> None:
        """From now on tell `watcher` of the topic; first what it missed since `place`, or that this is not known."""
        missed = self._missed(topic, place) if place is not None else []
        self._watchers.setdefault(topic, {})[watcher] = None
        watcher.push(messages.subscribed(topic, epoch=self.epoch, seq=self.seq, reset=missed is None))
        for message in missed or ():
            watcher.push(message)

    def unsubscribe(self, watcher: Watcher, topic: str) -> None:
        watching = self._watchers.get(topic)
        if watching is None:
            return
        watching.pop(watcher, None)
        if not watching:
            del self._watchers[topic]

    def _watching(self, topics: tuple[str, ...]) -> dict[Watcher, None]:
        found = [watching for topic in topics if (watching := self._watchers.get(topic))]
        if len(found) == 1:
            return found[0]
        return {watcher: None for watching in found for watcher in watching}

    def _missed(self, topic: str, place: Place) -> list[Message] | None:
        """Events of the topic after the place; None when some of them are not kept, or too many."""
        if place.epoch != self.epoch or not self._forgotten <= place.seq <= self.seq:
            return None
        missed: list[Message] = []
        for kept in reversed(self._kept):
            if kept.seq <= place.seq:
                break
            if topic in kept.topics:
                missed.append(kept.message)
        return missed[::-1] if len(missed) <= self._limits.replay else None

    def _keep(self, kept: _Kept) -> None:
        self._kept.append(kept)
        self._kept_bytes += len(kept.message.text)
        while len(self._kept) > self._limits.kept or self._kept_bytes > self._limits.kept_bytes:
            oldest = self._kept.popleft()
            self._kept_bytes -= len(oldest.message.text)
            self._forgotten = oldest.seq

    def _forget_all(self) -> None:
        self._kept.clear()
        self._kept_bytes = 0
        self._forgotten = self.seq


def _event(seq: int, news: News) -> Message:
    written = json.dumps(
        {"type": "event", "seq": seq, "topics": news.topics, "event": news.type, "facts": dict(news.facts)},
        separators=(",", ":"),
    )
    merge = f"progress {news.topics[0]}" if news.type == "review.progress" and news.topics else None
    return Message(written, merge)
