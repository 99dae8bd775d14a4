"""What goes over the socket, in both directions: JSON in text frames."""

import json
import struct
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, TypeAdapter, ValidationError

from foureyes.errors import FoureyesError, InvalidRequestError
from foureyes.rest.problems import shown

_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
TopicName = Annotated[str, StringConstraints(pattern=f"^(review|workspace):{_ID}$")]


class Code(IntEnum):
    """Why the server closes a socket (RFC 6455, section 7.4; from 4000 on they are our own)."""

    NO_TEXT = 1003
    TOO_LARGE = 1009
    GOING_AWAY = 1012
    TOO_SLOW = 1013
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    IDLE = 4408
    TOO_MANY = 4429


class _Incoming(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class Auth(_Incoming):
    """Who the browser speaks for: it can't send a header with a socket."""

    type: Literal["auth"]
    token: Annotated[SecretStr, Field(min_length=1, max_length=4096)]


class Subscribe(_Incoming):
    """Watch a topic; with `epoch` and `since`, be told first what was missed after that number."""

    type: Literal["subscribe"]
    topic: TopicName
    epoch: Annotated[str, Field(max_length=64)] | None = None
    since: Annotated[int, Field(ge=0, le=2**53)] | None = None


class Unsubscribe(_Incoming):
    type: Literal["unsubscribe"]
    topic: TopicName


class Ping(_Incoming):
    type: Literal["ping"]


Incoming = Auth | Subscribe | Unsubscribe | Ping
_INCOMING: TypeAdapter[Incoming] = TypeAdapter(Annotated[Incoming, Field(discriminator="type")])


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is sent: written once, however many sockets it goes to."""

    text: str
    merge: str | None = None
    """Of the messages that wait with the same word here, only the latest matters."""


@lru_cache(maxsize=8)
def framed(text: str) -> bytes:
    """The text as one frame of a server (RFC 6455, section 5.2). It is made once, however many sockets it goes to."""
    octets = text.encode()
    size = len(octets)
    if size < 126:
        head = struct.pack("!BB", 0x81, size)
    elif size < 65_536:
        head = struct.pack("!BBH", 0x81, 126, size)
    else:
        head = struct.pack("!BBQ", 0x81, 127, size)
    return head + octets


def understood(text: str) -> Incoming:
    """What a client says.

    Raises:
        InvalidRequestError: it is no JSON, or none of the messages that there are; what it sent is not repeated.
    """
    try:
        return _INCOMING.validate_json(text)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        raise InvalidRequestError(f"{place}: {first['msg']}" if place else first["msg"]) from exc
    except UnicodeEncodeError as exc:
        raise InvalidRequestError("A surrogate stands alone: send UTF-8.") from exc


def topic_parts(topic: str) -> tuple[str, UUID]:
    """The noun and the id of a topic that `understood` let through."""
    noun, _, name = topic.partition(":")
    return noun, UUID(name)


def hello(epoch: str, seq: int) -> Message:
    return _message(type="hello", epoch=epoch, seq=seq)


def subscribed(topic: str, *, epoch: str, seq: int, reset: bool) -> Message:
    """`reset`: what was missed is not known, so the state is to be read over REST."""
    return _message(type="subscribed", topic=topic, epoch=epoch, seq=seq, reset=reset)


def unsubscribed(topic: str) -> Message:
    return _message(type="unsubscribed", topic=topic)


def pong(seq: int) -> Message:
    return _message(type="pong", seq=seq)


def reset(epoch: str, seq: int) -> Message:
    """Something was lost on the way to this process: everything that is watched is to be read again."""
    return _message(type="reset", epoch=epoch, seq=seq)


def refused(error: FoureyesError, *, topic: str | None = None) -> Message:
    """What was asked for was not done; the socket stays open."""
    named = {} if topic is None else {"topic": topic}
    return _message(type="error", code=error.error_code, message=shown(error), **named)


def _message(**fields: str | int | bool) -> Message:
    return Message(json.dumps(fields, separators=(",", ":")))
