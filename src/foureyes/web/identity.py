"""Whoever asks, named in every line that is logged for the request."""

from starlette.requests import HTTPConnection
from structlog.contextvars import bind_contextvars

from foureyes.rest.principal import Authenticator, Principal


class NamedPrincipals:
    """An authenticator that binds the ids of whoever it finds to the log."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    async def principal(self, connection: HTTPConnection) -> Principal:
        principal = await self._authenticator.principal(connection)
        bind_contextvars(user_id=str(principal.user_id), workspace_id=str(principal.home))
        return principal

    async def still(self, principal: Principal) -> Principal:
        return await self._authenticator.still(principal)
