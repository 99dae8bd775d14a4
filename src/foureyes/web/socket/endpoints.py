"""`/ws`: who may open a socket is settled before it is accepted, as far as it can be."""

import asyncio

from fastapi import APIRouter
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket, WebSocketDisconnect

from foureyes.errors import FoureyesError, InvalidRequestError, ServerError, UnauthenticatedError
from foureyes.rest.origins import require_own_origin
from foureyes.rest.principal import Principal
from foureyes.rest.problems import problem_of
from foureyes.web.socket.live import LiveSockets
from foureyes.web.socket.messages import Auth, Code, understood


async def socket(websocket: WebSocket) -> None:
    """The live socket. See docs/live.md for what goes over it."""
    live: LiveSockets = websocket.app.state.live
    try:
        require_own_origin(websocket, live.services.settings)
        with live.place():
            await _serve(websocket, live)
    except FoureyesError as error:
        await websocket.send_denial_response(problem_of(error, websocket.scope))
    except WebSocketDisconnect:
        return


async def _serve(websocket: WebSocket, live: LiveSockets) -> None:
    """Raises FoureyesError: the socket is not to be accepted. Once it is, whatever is wrong closes it with a code."""
    if "authorization" in websocket.headers:
        principal = await live.services.authenticator.principal(websocket)
        await websocket.accept()
    else:
        with live.stranger():
            await websocket.accept()
            known = await _introduced(websocket, live)
        if known is None:
            return
        principal = known
    await live.serve(websocket, principal)


async def _introduced(websocket: WebSocket, live: LiveSockets) -> Principal | None:
    """Whoever the first message speaks for; None when that is nobody, and the socket is closed."""
    try:
        async with asyncio.timeout(live.limits.introduction.total_seconds()):
            return await _principal(websocket, live)
    except (TimeoutError, InvalidRequestError, UnauthenticatedError):
        await websocket.close(Code.UNAUTHENTICATED, "say who you are first")
    except ServerError:
        await websocket.close(Code.TOO_SLOW, "the server can't ask its database: come back later")
    return None


async def _principal(websocket: WebSocket, live: LiveSockets) -> Principal:
    received = await websocket.receive()
    if received["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(received.get("code", 1005))
    text = received.get("text")
    if text is None or len(text) > live.limits.message:
        raise UnauthenticatedError
    first = understood(text)
    if not isinstance(first, Auth):
        raise UnauthenticatedError
    return await live.services.authenticator.principal(_speaking_for(websocket, first.token.get_secret_value()))


def _speaking_for(websocket: WebSocket, token: str) -> HTTPConnection:
    """The same connection, as if the browser had been able to send the header."""
    headers = [*websocket.scope["headers"], (b"authorization", f"Bearer {token}".encode("latin-1", "replace"))]
    return HTTPConnection({**websocket.scope, "headers": headers})


router = APIRouter()
router.add_websocket_route("/ws", socket)
