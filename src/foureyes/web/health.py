"""How the server is: alive, ready with each of its parts named, its numbers, its version."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.orm import Session
from structlog.stdlib import get_logger

from foureyes import __version__
from foureyes.accounts.signing import signing_key
from foureyes.errors import FoureyesError, ServerError
from foureyes.kit import clock
from foureyes.migrations.upgrade import check as migrated
from foureyes.rest.problems import shown
from foureyes.rest.services import Services
from foureyes.settings import Settings

router = APIRouter(tags=["operation"])
_FAILS = "It can't be used. The server's log says why."


@dataclass(frozen=True, slots=True)
class Check:
    """One part that the server needs. `ask` returns when it is fine, and raises a FoureyesError when not."""

    name: str
    ask: Callable[[], Awaitable[None]]
    required: bool = True
    """False: the server still takes requests without it."""


class Alive(BaseModel):
    status: Literal["alive"] = "alive"


class PartState(BaseModel):
    name: str
    ok: bool
    required: bool = Field(description="Whether the server takes no requests without it.")
    why: str = ""
    ms: float


class Readiness(BaseModel):
    """`ready` is false when a required part fails, and from the moment on in which the server is told to stop."""

    ready: bool
    stopping: bool
    parts: list[PartState]


class Version(BaseModel):
    name: Literal["foureyes"] = "foureyes"
    version: str


@dataclass(slots=True)
class Health:
    """What readiness asks; `stopping` is set when the process is told to end."""

    checks: tuple[Check, ...]
    stopping: bool = False
    patience: float = 5.0
    """Seconds that each part has to answer."""

    async def readiness(self) -> Readiness:
        parts = list(await asyncio.gather(*(_asked(check, self.patience) for check in self.checks)))
        fine = all(part.ok for part in parts if part.required)
        return Readiness(ready=fine and not self.stopping, stopping=self.stopping, parts=parts)


def checks_of(services: Services, *more: Check) -> tuple[Check, ...]:
    """What every server is asked: database, its migrations, the key that signs tokens, the broker; and what others add.

    Without the broker reviews are still accepted, and run later (the sweeper finds them): so it is named when it
    fails, and does not take the server out of its balancer.
    """
    usual = (
        Check("database", lambda: services.database.read(_answers)),
        Check("migrations", lambda: migrated(services.database)),
        Check("signing key", lambda: asyncio.to_thread(_signs, services.settings)),
        Check("broker", services.queue.ping, required=False),
    )
    # By name: whoever knows better how to ask for a part replaces its check.
    return tuple({check.name: check for check in (*usual, *more)}.values())


async def health_of(request: Request) -> Health:
    health: Health = request.app.state.health
    return health


HealthDep = Annotated[Health, Depends(health_of)]


@router.get("/healthz", summary="Is the process alive")
async def healthz() -> Alive:
    return Alive()


@router.get(
    "/readyz",
    summary="Can the server work",
    responses={503: {"model": Readiness, "description": "A required part fails, or the server is stopping."}},
)
async def readyz(health: HealthDep, response: Response) -> Readiness:
    found = await health.readiness()
    response.status_code = 200 if found.ready else 503
    response.headers["Cache-Control"] = "no-store"
    return found


@router.get("/api/version", summary="Which version this is")
async def version() -> Version:
    return Version(version=__version__)


async def _asked(check: Check, patience: float) -> PartState:
    started = clock.steady()
    try:
        async with asyncio.timeout(patience):
            await check.ask()
        why = ""
    except TimeoutError:
        why = f"No answer within {patience:g} s."
    except FoureyesError as exc:
        # Anybody may ask: hosts, folders and statements are for the log.
        why = shown(exc) if isinstance(exc, ServerError) else _FAILS
        get_logger().warning("readiness_failed", part=check.name, reason=str(exc))
    spent = round((clock.steady() - started) * 1000, 1)
    return PartState(name=check.name, ok=not why, required=check.required, why=why, ms=spent)


def _answers(session: Session) -> None:
    session.execute(text("SELECT 1"))


def _signs(settings: Settings) -> None:
    signing_key(settings)
