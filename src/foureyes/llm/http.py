"""The one HTTP client that all models of a process share: a bounded pool, closed with the last model that holds it."""

from typing import TYPE_CHECKING

import foureyes

if TYPE_CHECKING:
    import httpx2


class HttpPool:
    """Opened when the first model asks for it; each model that holds it releases it once."""

    def __init__(self, *, connections: int) -> None:
        self._connections = connections
        self._client: httpx2.AsyncClient | None = None
        self._holders = 0

    @property
    def client(self) -> "httpx2.AsyncClient":
        """The client. Redirects are not followed: they would carry keys to a place that nobody chose."""
        if self._client is None:
            import httpx2  # noqa: PLC0415
            from pydantic_ai.models import create_async_httpx2_client  # noqa: PLC0415

            # SDKs send one limit for all phases of a request; this client does not let it lengthen connecting. Reading
            # has no limit here: each call is watched by its own `Patience`.
            self._client = create_async_httpx2_client(
                timeout=httpx2.Timeout(None, connect=10.0, write=60.0),
                limits=httpx2.Limits(max_connections=self._connections, max_keepalive_connections=self._connections),
            )
            self._client.headers["User-Agent"] = f"foureyes/{foureyes.__version__}"
        return self._client

    def hold(self) -> None:
        self._holders += 1

    async def release(self) -> None:
        """Close the client when nobody holds it any more."""
        self._holders -= 1
        if self._holders <= 0 and self._client is not None:
            client, self._client = self._client, None
            await client.aclose()
