"""The application: made from its services, without any work at import."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware

from foureyes import __version__
from foureyes.rest.bodies import MEBIBYTE, JsonBodies
from foureyes.rest.services import Services
from foureyes.web.failures import answer_failures
from foureyes.web.health import Check, Health, checks_of
from foureyes.web.openapi import describe
from foureyes.web.requests import Requests
from foureyes.web.routers import routers
from foureyes.web.socket.live import live_sockets

Part = Callable[[FastAPI], AbstractAsyncContextManager[object]]
"""Something that lives as long as the application, such as an embedded worker; it may put itself into `app.state`."""

# Ten megabytes of sources grow when they are written as JSON.
_LARGE_BODIES = {("POST", "/api/reviews"): 15 * MEBIBYTE}


def create_app(services: Services, *, parts: Sequence[Part] = (), checks: Sequence[Check] = ()) -> FastAPI:
    """The application around `services`, which whoever opened them closes after it has stopped.

    `parts` run from start to stop, in this order; `checks` are asked for readiness beside the usual ones.
    """
    over_tls = (services.settings.public_url or "").startswith("https://")
    app = FastAPI(
        title="Foureyes",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan((live_sockets, *parts)),
        middleware=[Middleware(Requests, over_tls=over_tls), Middleware(JsonBodies, limits=_LARGE_BODIES)],
        # Spans are our own (kit.tracing): these would name paths with ids in them.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        redirect_slashes=False,
    )
    app.state.services = services
    app.state.health = Health(checks_of(services, *checks))
    answer_failures(app)
    for router in routers():
        app.include_router(router)
    describe(app)
    return app


def _lifespan(parts: Sequence[Part]) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part in parts:
                await stack.enter_async_context(part(app))
            yield

    return live
