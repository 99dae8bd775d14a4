"""Who asks: a person or a program, in which workspaces, and what it may do there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from fastapi import Depends
from starlette.requests import HTTPConnection
from structlog.contextvars import bind_contextvars

from foureyes.errors import ForbiddenError, NotFoundError
from foureyes.models.workspaces import Role

_ORDER = (Role.VIEWER, Role.DEVELOPER, Role.ADMIN, Role.OWNER)


class Scope(StrEnum):
    """What a key may be used for; people have them all."""

    REVIEWS_READ = "reviews:read"
    REVIEWS_WRITE = "reviews:write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever is behind a request. A workspace that is not in `roles` does not exist for it."""

    user_id: UUID
    roles: Mapping[UUID, Role]
    home: UUID
    """The workspace that is meant where none is named: the key's, or the personal one."""
    operator: bool = False
    scopes: frozenset[Scope] = field(default_factory=lambda: frozenset(Scope))
    sign_in_id: UUID | None = None
    """The sign-in behind an access token; None for a key."""
    key_id: UUID | None = None
    """The key that was sent; None for an access token."""

    def workspace(self, wanted: UUID | None = None, *, least: Role = Role.VIEWER) -> UUID:
        """The workspace to act in, `home` where none is named.

        Raises:
            NotFoundError: it is not one of theirs, or does not exist: the answer is the same.
            ForbiddenError: their role there is less than `least`.
        """
        chosen = wanted or self.home
        role = self.roles.get(chosen)
        if role is None:
            raise NotFoundError("workspace")
        if _ORDER.index(role) < _ORDER.index(least):
            raise ForbiddenError(f"This needs the role {least}; yours in this workspace is {role}.")
        return chosen

    def require(self, scope: Scope) -> None:
        """Raises ForbiddenError: the key was not made for this."""
        if scope not in self.scopes:
            raise ForbiddenError(f"This key lacks the scope {scope}: make one that has it.")

    def require_operator(self) -> None:
        """Raises NotFoundError: what only operators see does not exist for others."""
        if not self.operator or Scope.ADMIN not in self.scopes:
            raise NotFoundError("page")


class Authenticator(Protocol):
    """Tells who is behind a request. `accounts` has the real one."""

    async def principal(self, connection: HTTPConnection) -> Principal:
        """Whoever the request's token or key belongs to.

        Raises:
            UnauthenticatedError: it has none, or one that is not valid any more.
        """
        ...

    async def still(self, principal: Principal) -> Principal:
        """The same principal as it is now: sockets outlive sign-ins and memberships.

        Raises:
            UnauthenticatedError: it is none any more.
        """
        ...


async def principal_of(connection: HTTPConnection) -> Principal:
    """Raises UnauthenticatedError: it comes from nobody."""
    authenticator: Authenticator = connection.app.state.services.authenticator
    principal = await authenticator.principal(connection)
    # Every line that is logged for this request says whose it was.
    bind_contextvars(user_id=str(principal.user_id), workspace_id=str(principal.home))
    return principal


PrincipalDep = Annotated[Principal, Depends(principal_of)]
"""Whoever is behind the request; who is nobody gets 401."""
