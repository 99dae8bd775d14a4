"""Tells who is behind a request, from its access token or API key."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from foureyes.accounts.recent import RecentPrincipals
from foureyes.accounts.repository import keys, sign_ins, users
from foureyes.accounts.tokens import KEY_PREFIX, AccessClaims, Tokens
from foureyes.errors import UnauthenticatedError
from foureyes.kit import clock
from foureyes.kit.crypto import digest
from foureyes.kit.database.port import Aftermath, Database
from foureyes.models.accounts import ApiKey
from foureyes.rest.principal import Principal, Scope
from foureyes.workspaces import repository as workspaces

REMEMBERED = timedelta(seconds=1)
"""For how long a process believes what it saw in the database: so long may something that was revoked still work."""
_TOUCHED_EVERY = timedelta(minutes=1)


class AccountsAuthenticator:
    """Recognises people by access tokens and programs by API keys, both sent as `Authorization: Bearer`."""

    def __init__(self, database: Database, key: bytes, *, remembered: timedelta = REMEMBERED) -> None:
        self._tokens = Tokens(key)
        self._database = database
        self._recent = RecentPrincipals(remembered)
        self._touches = Aftermath()

    async def principal(self, connection: HTTPConnection) -> Principal:
        """Whoever the request's token or key belongs to.

        Raises:
            UnauthenticatedError: it has none, or one that is not valid any more.
        """
        scheme, _, credential = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not credential.strip():
            raise UnauthenticatedError
        return await self.recognise(credential.strip())

    async def recognise(self, credential: str) -> Principal:
        """Whoever an access token or API key belongs to, wherever it was sent.

        Raises:
            UnauthenticatedError: it is not valid, or not any more.
        """
        if credential.startswith(KEY_PREFIX):
            # What is remembered must be worth nothing to whoever reads the memory.
            hidden = digest(credential)
            return await self._recent.get(hidden, lambda: self._program(hidden))
        claims = self._tokens.read_access_token(credential)
        return await self._recent.get(str(claims.sign_in_id), lambda: self._person(claims))

    async def still(self, principal: Principal) -> Principal:
        """The same principal as the database knows it now.

        Raises:
            UnauthenticatedError: it is none any more.
        """
        if principal.key_id is not None:
            _, fresh = await self._database.read(_program, key_id=principal.key_id)
            return fresh
        if principal.sign_in_id is None:
            raise UnauthenticatedError
        return await self._database.read(_person, AccessClaims(principal.user_id, principal.sign_in_id))

    async def settled(self) -> None:
        """Wait until what is noted beside requests has been noted."""
        await self._touches.settled()

    async def _person(self, claims: AccessClaims) -> Principal:
        return await self._database.read(_person, claims)

    async def _program(self, hidden: str) -> Principal:
        key, principal = await self._database.read(_program, digest=hidden)
        self._touch(key)
        return principal

    def _touch(self, key: ApiKey) -> None:
        """Note that the key was used, while the request goes on."""
        at = clock.now()
        if key.last_used_at is not None and at - key.last_used_at < _TOUCHED_EVERY:
            return

        async def touch() -> None:
            await self._database.write(keys.touch_key, key.id, at=at, every=_TOUCHED_EVERY)

        self._touches.begin([touch])


def _person(session: Session, claims: AccessClaims) -> Principal:
    user = sign_ins.holder(session, claims.sign_in_id, at=clock.now())
    if user is None or user.id != claims.user_id:
        raise UnauthenticatedError("This sign-in has ended: log in again.")
    belongings = workspaces.belongings_of(session, user.id)
    if not belongings:
        raise UnauthenticatedError("This account belongs to no workspace.")
    return Principal(
        user_id=user.id,
        roles={one.workspace_id: one.role for one in belongings},
        home=belongings[0].workspace_id,
        operator=user.operator,
        sign_in_id=claims.sign_in_id,
    )


def _program(session: Session, *, digest: str = "", key_id: UUID | None = None) -> tuple[ApiKey, Principal]:
    key = keys.valid_key(session, at=clock.now(), digest=digest, key_id=key_id)
    role = workspaces.role_in(session, key.workspace_id, key.user_id) if key is not None else None
    user = users.user_by_id(session, key.user_id) if key is not None else None
    if key is None or role is None or user is None:
        raise UnauthenticatedError("This API key is not valid: it was revoked, has expired or never was.")
    principal = Principal(
        user_id=key.user_id,
        roles={key.workspace_id: role},
        home=key.workspace_id,
        operator=user.operator,
        scopes=frozenset(Scope(scope) for scope in key.scopes if scope in set(Scope)),
        key_id=key.id,
    )
    return key, principal
