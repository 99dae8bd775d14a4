"""From which pages a browser may act: cookies and sockets are open to any page that knows the address, unless asked."""

from urllib.parse import SplitResult, urlsplit

from starlette.requests import HTTPConnection

from foureyes.errors import ForbiddenError
from foureyes.settings import Settings

_PORTS = {"http": 80, "https": 443}


def require_own_origin(connection: HTTPConnection, settings: Settings) -> None:
    """Let through what one of our own pages sent, and programs, which send no Origin (RFC 6454, section 7).

    Raises:
        ForbiddenError: a page of somebody else's sent it, or one that hides where it came from.
    """
    origins = connection.headers.getlist("origin")
    if not origins:
        return
    if len(origins) != 1 or not _is_own(origins[0], connection.headers.get("host", ""), settings.public_url):
        raise ForbiddenError("This page belongs to another site: open Foureyes at FOUREYES_PUBLIC_URL.")


def _is_own(origin: str, host: str, public_url: str | None) -> bool:
    """Whether the page is at `public_url`; where that is not set, at the host that was asked.

    The scheme counts with `public_url` alone: a proxy may have taken the TLS off before the request came here.
    """
    page = _place(origin)
    if page is None:
        return False
    if public_url is not None:
        return page == _place(public_url)
    asked = _place(f"{page[0]}://{host}")
    return asked is not None and page[1:] == asked[1:]


def _place(address: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for what is no web address, such as `null`."""
    try:
        parts: SplitResult = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname.rstrip("."), port or _PORTS[parts.scheme]
