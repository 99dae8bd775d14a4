"""The parts of live sockets that do no I/O: the outbox, the rate, and what the hub keeps."""

import json

import pytest
from websockets.client import ClientProtocol
from websockets.frames import Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from foureyes.kit.bus import GAP, News
from foureyes.web.socket.hub import Hub, Place
from foureyes.web.socket.limits import Limits, Rate
from foureyes.web.socket.messages import Message, framed
from foureyes.web.socket.outbox import Outbox


class Listener:
    """A watcher that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[dict[str, object]] = []

    def push(self, message: Message) -> None:
        self.told.append(json.loads(message.text))


def progress(number: int, review: str = "review:1") -> News:
    return News((review,), "review.progress", {"done": number})


def emptied(outbox: Outbox) -> list[str]:
    texts = []
    while (message := outbox.take()) is not None:
        texts.append(message.text)
    return texts


def test_an_outbox_gives_back_in_order() -> None:
    outbox = Outbox(Limits())
    for text in "abc":
        outbox.push(Message(text))
    assert emptied(outbox) == ["a", "b", "c"]


def test_all_progress_is_kept_while_the_reader_keeps_up() -> None:
    outbox = Outbox(Limits(filling=10))
    for number in range(5):
        outbox.push(Message(str(number), merge="one"))
    assert emptied(outbox) == ["0", "1", "2", "3", "4"]


def test_only_the_latest_progress_of_each_review_waits_for_a_slow_reader() -> None:
    outbox = Outbox(Limits(filling=2))
    for text in ("first", "second"):
        outbox.push(Message(text))
    for number in range(1_000):
        outbox.push(Message(f"one {number}", merge="one"))
        outbox.push(Message(f"two {number}", merge="two"))
    assert not outbox.overflowed
    assert emptied(outbox) == ["first", "second", "one 999", "two 999"]


def test_progress_that_was_sent_is_told_anew() -> None:
    outbox = Outbox(Limits(filling=0))
    outbox.push(Message("a", merge="one"))
    assert emptied(outbox) == ["a"]
    outbox.push(Message("b", merge="one"))
    assert emptied(outbox) == ["b"]


def test_too_many_messages_overflow_and_hold_no_memory() -> None:
    outbox = Outbox(Limits(waiting=3))
    for number in range(10):
        outbox.push(Message(str(number)))
    assert (outbox.overflowed, len(outbox)) == (True, 0)


def test_too_many_bytes_overflow() -> None:
    outbox = Outbox(Limits(waiting_bytes=100))
    outbox.push(Message("x" * 60))
    assert not outbox.overflowed
    outbox.push(Message("x" * 60))
    assert outbox.overflowed


def test_bytes_that_were_taken_or_replaced_count_no_more() -> None:
    outbox = Outbox(Limits(waiting_bytes=100, filling=0))
    for _ in range(50):
        outbox.push(Message("x" * 60, merge="one"))
    assert not outbox.overflowed
    outbox.take()
    outbox.push(Message("x" * 90))
    assert not outbox.overflowed


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_a_text_is_framed_as_a_client_reads_it(size: int) -> None:
    text = "ü" * (size // 2) + "x" * (size % 2)
    client = ClientProtocol(parse_uri("ws://localhost/"), state=State.OPEN)
    client.receive_data(framed(text))
    [received] = client.events_received()
    assert (received.opcode, received.fin, received.data.decode()) == (Opcode.TEXT, True, text)


def test_a_rate_lets_a_burst_through_and_fills_again() -> None:
    limits = Limits(rate=10, burst=3)
    rate = Rate(limits)
    now = rate._at
    assert [rate.take(limits, now=now) for _ in range(4)] == [True, True, True, False]
    assert rate.take(limits, now=now + 0.11)
    assert not rate.take(limits, now=now + 0.12)


def test_a_rate_saves_no_more_than_a_burst() -> None:
    limits = Limits(rate=10, burst=3)
    rate = Rate(limits)
    later = rate._at + 1_000
    assert [rate.take(limits, now=later) for _ in range(4)] == [True, True, True, False]


def test_a_hub_keeps_a_bounded_number_of_bytes() -> None:
    hub, listener = Hub(Limits(kept_bytes=1_000)), Listener()
    for number in range(100):
        hub.tell(progress(number))
    hub.subscribe(listener, "review:1", Place(hub.epoch, 50))
    assert listener.told[0]["reset"] is True
    hub.subscribe(listener, "review:1", Place(hub.epoch, 97))
    assert [told["seq"] for told in listener.told[2:]] == [98, 99, 100]


def test_a_hub_replays_one_topic_and_not_others() -> None:
    hub, listener = Hub(Limits()), Listener()
    for number in range(4):
        hub.tell(progress(number, f"review:{number % 2}"))
    hub.subscribe(listener, "review:1", Place(hub.epoch, 0))
    assert [told["seq"] for told in listener.told[1:]] == [2, 4]


def test_a_hub_replays_no_more_than_a_reader_can_take() -> None:
    hub, listener = Hub(Limits(replay=5)), Listener()
    for number in range(6):
        hub.tell(progress(number))
    hub.subscribe(listener, "review:1", Place(hub.epoch, 0))
    assert [(told["type"], told["reset"]) for told in listener.told] == [("subscribed", True)]


def test_a_gap_reaches_those_who_watch_nothing_yet() -> None:
    hub, listener = Hub(Limits()), Listener()
    hub.join(listener)
    hub.tell(GAP)
    assert listener.told == [{"type": "reset", "epoch": hub.epoch, "seq": 1}]


def test_whoever_left_is_told_nothing() -> None:
    hub, listener = Hub(Limits()), Listener()
    hub.join(listener)
    hub.subscribe(listener, "review:1", None)
    hub.leave(listener, ["review:1"])
    hub.tell(progress(1))
    hub.tell(GAP)
    assert [told["type"] for told in listener.told] == ["subscribed"]


def test_two_hubs_are_two_epochs() -> None:
    assert Hub(Limits()).epoch != Hub(Limits()).epoch
