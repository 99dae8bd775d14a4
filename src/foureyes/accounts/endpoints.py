"""Registering, logging in, refreshing, logging out; who I am; API keys."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette import status
from starlette.requests import Request
from starlette.responses import Response

from foureyes.accounts import keys, refreshing, service
from foureyes.accounts.repository import users
from foureyes.accounts.schemas import (
    KeysView,
    KeyView,
    LogInRequest,
    MakeKeyRequest,
    MeView,
    NewKeyView,
    RefreshRequest,
    RegisterRequest,
    SessionView,
    UserView,
)
from foureyes.accounts.service import REFRESH_LIFETIME, SignedIn, Visitor
from foureyes.accounts.signing import tokens_for
from foureyes.accounts.tokens import AccessClaims
from foureyes.errors import ForbiddenError, UnauthenticatedError
from foureyes.kit import clock
from foureyes.kit.text import printable, shortened
from foureyes.rest.address import client_address
from foureyes.rest.cookies import RefreshCookie
from foureyes.rest.origins import require_own_origin
from foureyes.rest.principal import PrincipalDep, Scope
from foureyes.rest.problems import problems
from foureyes.rest.services import ServicesDep

router = APIRouter(prefix="/api")

_AUTH: Final = "accounts"
_KEYS: Final = "keys"
_BODY: Final = (400, 413, 415, 503)
_USER_AGENT: Final = 200


class _Exchange:
    """A request that may sign somebody in or out, with its answer."""

    def __init__(self, request: Request, response: Response, services: ServicesDep) -> None:
        self.services = services
        self.database = services.database
        self.tokens = tokens_for(services.settings)
        self._request = request
        self._response = response
        self._cookie = RefreshCookie.of(request, services.settings)

    @property
    def visitor(self) -> Visitor:
        agent = shortened(printable(self._request.headers.get("user-agent", "")), _USER_AGENT)
        return Visitor(client_address(self._request, self.services.settings.trusted_proxies), agent)

    def token_from_cookie(self) -> str | None:
        """The refresh token that the browser sent by itself; so another site may have made it do so: that is asked."""
        require_own_origin(self._request, self.services.settings)
        return self._cookie.read(self._request)

    def forget_cookie(self) -> None:
        self._cookie.clear(self._response)

    def answer(self, signed_in: SignedIn, *, cookies: bool) -> SessionView:
        """The tokens, the refreshing one in a cookie if that is wanted."""
        self._response.headers["Cache-Control"] = "no-store"
        if cookies:
            self._cookie.write(self._response, signed_in.refresh_token, lifetime=REFRESH_LIFETIME)
        claims = AccessClaims(signed_in.user.id, signed_in.sign_in_id)
        return SessionView(
            access_token=self.tokens.access_token(claims, at=clock.now()),
            refresh_token=None if cookies else signed_in.refresh_token,
            user=UserView.of(signed_in.user),
        )


ExchangeDep = Annotated[_Exchange, Depends()]


@router.post("/auth/register", tags=[_AUTH], status_code=status.HTTP_201_CREATED, responses=problems(*_BODY, 403, 409))
async def register(body: RegisterRequest, exchange: ExchangeDep) -> SessionView:
    """Make an account with a workspace of its own, and log in. The first account is the operator's."""
    signed_in = await service.register(
        exchange.database,
        exchange.tokens,
        email=body.email,
        name=body.name or body.email.partition("@")[0],
        password=body.password.get_secret_value(),
        visitor=exchange.visitor,
        registration=exchange.services.settings.registration,
    )
    return exchange.answer(signed_in, cookies=body.cookies)


@router.post("/auth/login", tags=[_AUTH], responses=problems(*_BODY, 401))
async def log_in(body: LogInRequest, exchange: ExchangeDep) -> SessionView:
    """Log in with e-mail address and password."""
    signed_in = await service.log_in(
        exchange.database,
        exchange.tokens,
        email=body.email,
        password=body.password.get_secret_value(),
        visitor=exchange.visitor,
    )
    return exchange.answer(signed_in, cookies=body.cookies)


@router.post("/auth/refresh", tags=[_AUTH], responses=problems(*_BODY, 401, 403))
async def refresh(exchange: ExchangeDep, body: RefreshRequest | None = None) -> SessionView:
    """A new access token and a new refresh token for the refresh token in the body or, without one, in the cookie.

    A refresh token works once. When one comes again its sign-in is ended, but for repetitions by the same program
    within ten seconds, which get the same answer.
    """
    sent = body.refresh_token if body is not None else None
    token = sent or exchange.token_from_cookie()
    if token is None:
        raise UnauthenticatedError("There is no refresh token: log in.")
    signed_in = await refreshing.refresh(exchange.database, exchange.tokens, token=token, visitor=exchange.visitor)
    return exchange.answer(signed_in, cookies=sent is None)


@router.post("/auth/logout", tags=[_AUTH], status_code=status.HTTP_204_NO_CONTENT, responses=problems(*_BODY, 403))
async def log_out(exchange: ExchangeDep, body: RefreshRequest | None = None) -> None:
    """End the sign-in of the refresh token in the body or, without one, in the cookie. Access tokens end with it."""
    sent = body.refresh_token if body is not None else None
    token = sent or exchange.token_from_cookie()
    if token is not None:
        await refreshing.log_out(exchange.database, token=token)
    if not sent:
        exchange.forget_cookie()


@router.get("/users/me", tags=[_AUTH], responses=problems(401, 503))
async def me(services: ServicesDep, principal: PrincipalDep) -> MeView:
    """Who sends this request."""
    user = await services.database.read(users.user_by_id, principal.user_id)
    if user is None:
        raise UnauthenticatedError
    known = UserView.of(user).model_dump()
    return MeView(**known, workspace_id=principal.home, scopes=sorted(principal.scopes))


@router.get("/keys", tags=[_KEYS], responses=problems(401, 403, 503))
async def list_keys(services: ServicesDep, principal: PrincipalDep) -> KeysView:
    """My API keys that work or have expired, the newest first."""
    principal.require(Scope.ADMIN)
    found = await keys.list_keys(services.database, user_id=principal.user_id, workspace_ids=[*principal.roles])
    return KeysView(keys=[KeyView.of(key) for key in found])


@router.post("/keys", tags=[_KEYS], status_code=status.HTTP_201_CREATED, responses=problems(*_BODY, 401, 403, 404, 409))
async def make_key(
    body: MakeKeyRequest, response: Response, services: ServicesDep, principal: PrincipalDep
) -> NewKeyView:
    """Make an API key. Its secret is in this answer and never shown again."""
    # A key that leaks must not be able to outlive its own end through another one.
    if principal.sign_in_id is None:
        raise ForbiddenError("Keys are made by people: log in, and make it with an access token.")
    made = await keys.make_key(
        services.database,
        user_id=principal.user_id,
        workspace_id=principal.workspace(body.workspace_id),
        name=body.name,
        scopes=body.scopes,
        expires_at=clock.now() + body.lifetime if body.lifetime is not None else None,
    )
    response.headers["Cache-Control"] = "no-store"
    return NewKeyView.of(made)


@router.delete(
    "/keys/{key_id}",
    tags=[_KEYS],
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(400, 401, 403, 404, 503),
)
async def revoke_key(key_id: UUID, services: ServicesDep, principal: PrincipalDep) -> None:
    """Revoke one of my API keys. It works for a second more at most."""
    principal.require(Scope.ADMIN)
    await keys.revoke_key(services.database, key_id, user_id=principal.user_id, workspace_ids=[*principal.roles])
