"""Registering, logging in, refreshing, logging out; who I am; API keys."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette import status
from starlette.requests import Request
from starlette.responses import Response

from foureyes.accounts import keys, refreshing, service
from foureyes.accounts.authenticator import AccountsAuthenticator
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
from foureyes.accounts.tokens import AccessClaims, Tokens
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


def _tokens(services: ServicesDep) -> Tokens:
    if not isinstance(services.authenticator, AccountsAuthenticator):
        raise TypeError("These routes need the authenticator of accounts: it has the key that signs tokens.")
    return services.authenticator.tokens


def _visitor(request: Request, services: ServicesDep) -> Visitor:
    agent = shortened(printable(request.headers.get("user-agent", "")), _USER_AGENT)
    return Visitor(client_address(request, services.settings.trusted_proxies), agent)


def _cookie(request: Request, services: ServicesDep) -> RefreshCookie:
    return RefreshCookie.of(request, services.settings)


TokensDep = Annotated[Tokens, Depends(_tokens)]
VisitorDep = Annotated[Visitor, Depends(_visitor)]
CookieDep = Annotated[RefreshCookie, Depends(_cookie)]


@router.post("/auth/register", tags=[_AUTH], status_code=status.HTTP_201_CREATED, responses=problems(*_BODY, 403, 409))
async def register(
    body: RegisterRequest,
    response: Response,
    services: ServicesDep,
    tokens: TokensDep,
    visitor: VisitorDep,
    cookie: CookieDep,
) -> SessionView:
    """Make an account with a workspace of its own, and log in. The first account is the operator's."""
    signed_in = await service.register(
        services.database,
        tokens,
        email=body.email,
        name=body.name or body.email.partition("@")[0],
        password=body.password.get_secret_value(),
        visitor=visitor,
        registration=services.settings.registration,
    )
    return _answer(response, signed_in, tokens, cookie if body.cookies else None)


@router.post("/auth/login", tags=[_AUTH], responses=problems(*_BODY, 401))
async def log_in(
    body: LogInRequest,
    response: Response,
    services: ServicesDep,
    tokens: TokensDep,
    visitor: VisitorDep,
    cookie: CookieDep,
) -> SessionView:
    """Log in with e-mail address and password."""
    signed_in = await service.log_in(
        services.database, tokens, email=body.email, password=body.password.get_secret_value(), visitor=visitor
    )
    return _answer(response, signed_in, tokens, cookie if body.cookies else None)


@router.post("/auth/refresh", tags=[_AUTH], responses=problems(*_BODY, 401, 403))
async def refresh(
    request: Request,
    response: Response,
    services: ServicesDep,
    tokens: TokensDep,
    visitor: VisitorDep,
    cookie: CookieDep,
    body: RefreshRequest | None = None,
) -> SessionView:
    """A new access token and a new refresh token for the refresh token in the body or, without one, in the cookie.

    A refresh token works once. When one comes again its sign-in is ended, but for repetitions by the same program
    within ten seconds, which get the same answer.
    """
    sent = body.refresh_token if body is not None else None
    token = sent or _from_cookie(request, services, cookie)
    if token is None:
        raise UnauthenticatedError("There is no refresh token: log in.")
    signed_in = await refreshing.refresh(services.database, tokens, token=token, visitor=visitor)
    return _answer(response, signed_in, tokens, None if sent else cookie)


@router.post("/auth/logout", tags=[_AUTH], status_code=status.HTTP_204_NO_CONTENT, responses=problems(*_BODY, 403))
async def log_out(
    request: Request,
    response: Response,
    services: ServicesDep,
    cookie: CookieDep,
    body: RefreshRequest | None = None,
) -> None:
    """End the sign-in of the refresh token in the body or, without one, in the cookie. Access tokens end with it."""
    sent = body.refresh_token if body is not None else None
    token = sent or _from_cookie(request, services, cookie)
    if token is not None:
        await refreshing.log_out(services.database, token=token)
    if not sent:
        cookie.clear(response)


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


def _from_cookie(request: Request, services: ServicesDep, cookie: RefreshCookie) -> str | None:
    """The refresh token that the browser sent by itself; so another site may have made it do so."""
    require_own_origin(request, services.settings)
    return cookie.read(request)


def _answer(response: Response, signed_in: SignedIn, tokens: Tokens, cookie: RefreshCookie | None) -> SessionView:
    """The tokens, the refreshing one in a cookie where there is one to write."""
    response.headers["Cache-Control"] = "no-store"
    if cookie is not None:
        cookie.write(response, signed_in.refresh_token, lifetime=REFRESH_LIFETIME)
    claims = AccessClaims(signed_in.user.id, signed_in.sign_in_id)
    return SessionView(
        access_token=tokens.access_token(claims, at=clock.now()),
        refresh_token=signed_in.refresh_token if cookie is None else None,
        user=UserView.of(signed_in.user),
    )
