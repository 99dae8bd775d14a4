"""Pages by key: a cursor says after which row the next page begins, so that no page costs more than the first."""

import base64
import binascii
import json
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from fastapi import Query
from starlette.datastructures import URL

from foureyes.errors import FieldProblem, InvalidRequestError

_LONGEST = 200
MOST = 100

CursorParam = Annotated[
    str | None,
    Query(max_length=_LONGEST, description="Where the page begins: `next_cursor` of the page before."),
]
LimitParam = Annotated[int, Query(ge=1, le=MOST, description="The most rows of one page.")]


def cursor_of(*parts: UUID | datetime) -> str:
    """The opaque text that stands for the key of a page's last row."""
    raw = json.dumps([str(part) if isinstance(part, UUID) else part.isoformat() for part in parts])
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def id_after(cursor: str | None) -> UUID | None:
    """The id that `cursor_of(id)` stands for; None for the first page.

    Raises:
        InvalidRequestError: it is no cursor of ours.
    """
    if cursor is None:
        return None
    try:
        (found,) = _parts(cursor)
        return UUID(found)
    except ValueError as exc:
        raise _refused() from exc


def time_and_id_after(cursor: str | None) -> tuple[datetime, UUID] | None:
    """What `cursor_of(time, id)` stands for; None for the first page. Raises InvalidRequestError as `id_after` does."""
    if cursor is None:
        return None
    try:
        at, found = _parts(cursor)
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise _refused()
        return moment, UUID(found)
    except (ValueError, OverflowError) as exc:
        raise _refused() from exc


def next_link(url: URL, cursor: str | None) -> str | None:
    """The path and query of the next page: the same request with another cursor; None where there is none."""
    if cursor is None:
        return None
    # Made of what was parsed, so that a name that stands twice stays twice.
    kept = [pair for pair in parse_qsl(url.query, keep_blank_values=True) if pair[0] != "cursor"]
    return f"{url.path}?{urlencode([*kept, ('cursor', cursor)])}"


def _parts(cursor: str) -> list[str]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found = json.loads(raw)
    except (binascii.Error, UnicodeDecodeError, RecursionError) as exc:
        raise ValueError("no cursor") from exc
    if not isinstance(found, list) or not all(isinstance(part, str) for part in found):
        raise ValueError("no cursor")
    return found


def _refused() -> InvalidRequestError:
    reason = "is no cursor of this list: take `next_cursor` of the page before, as it is"
    return InvalidRequestError(f"The cursor {reason}.", problems=[FieldProblem("cursor", reason)])
