"""Answers that a client may keep: a strong ETag of the bytes, 304 where it has them (RFC 9110, section 13)."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from fastapi import Response
from pydantic import BaseModel
from starlette.requests import Request

_NOT_MODIFIED = 304
_JSON = "application/json"


def etag_of(body: bytes) -> str:
    """The strong tag of these bytes, quoted as the header wants it."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def kept(
    request: Request,
    body: BaseModel | bytes,
    *,
    media_type: str = _JSON,
    fresh: timedelta = timedelta(0),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer with its tag, or 304 without a body where the client has the same bytes.

    For `fresh` the client need not ask again; nobody between may keep what is one workspace's own.
    """
    raw = body.model_dump_json().encode() if isinstance(body, BaseModel) else body
    tag = etag_of(raw)
    seconds = int(fresh.total_seconds())
    fixed = {
        "ETag": tag,
        "Cache-Control": f"private, max-age={seconds}" if seconds else "private, no-cache",
        # Whoever logs in as somebody else on the same browser must not get the first one's answer.
        "Vary": "Authorization, Cookie",
        **(headers or {}),
    }
    if _has(request.headers.get("if-none-match"), tag):
        return Response(status_code=_NOT_MODIFIED, headers=fixed)
    return Response(raw, media_type=media_type, headers=fixed)


def _has(header: str | None, tag: str) -> bool:
    """Whether If-None-Match names the tag. Weak ones match as well: a proxy that compresses makes them weak."""
    if header is None:
        return False
    named = (part.strip().removeprefix("W/") for part in header.split(","))
    return header.strip() == "*" or tag in named
