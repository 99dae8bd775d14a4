"""The cookie that holds a browser's refresh token."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from foureyes.rest.address import is_loopback
from foureyes.settings import Settings

_NAME = "foureyes-refresh"


@dataclass(frozen=True, slots=True)
class RefreshCookie:
    """Never seen by scripts, never sent by other sites, and never by a page of another host or over plain HTTP.

    Except on this machine itself: Safari takes no `Secure` cookie from http://localhost (WebKit bug 281149), and
    browsers differ about the prefix there (httpwg/http-extensions#2605). So plain HTTP to a loopback address has the
    cookie without both, and nothing else has: whoever serves another host over plain HTTP finds that browsers forget
    the log-in, which is as it should be.
    """

    secure: bool

    @classmethod
    def of(cls, connection: HTTPConnection, settings: Settings) -> "RefreshCookie":
        """The cookie as it is for whoever sent this request."""
        address = urlsplit(settings.public_url or str(connection.url))
        # Behind a proxy, the host of a request may be the loopback address that the proxy connects to.
        direct = settings.public_url is not None or settings.trusted_proxies == 0
        return cls(secure=not (direct and address.scheme == "http" and is_loopback(address.hostname or "")))

    @property
    def name(self) -> str:
        return f"__Host-{_NAME}" if self.secure else _NAME

    def read(self, connection: HTTPConnection) -> str | None:
        return connection.cookies.get(self.name)

    def write(self, response: Response, token: str, *, lifetime: timedelta) -> None:
        response.set_cookie(
            self.name,
            token,
            max_age=int(lifetime.total_seconds()),
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="strict",
        )

    def clear(self, response: Response) -> None:
        response.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="strict")
