"""What Prometheus reads: the numbers of this process, and what waits in the database at that moment."""

from dataclasses import dataclass, field

from fastapi import APIRouter, Request, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foureyes.errors import DatabaseError, NotFoundError, UnauthenticatedError
from foureyes.kit import clock, metrics
from foureyes.models.reviews import Review, ReviewStatus
from foureyes.rest.address import is_loopback
from foureyes.rest.problems import problems
from foureyes.rest.services import Services, ServicesDep

router = APIRouter(tags=["operation"])
# Any of these says that a proxy stands between, whose own address tells nothing about who asks.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@dataclass(frozen=True, slots=True)
class QueueNumbers:
    """How many reviews are open, by kind and status; how long the oldest that waits has waited, by kind."""

    lengths: dict[tuple[str, str], int] = field(default_factory=dict)
    oldest_seconds: dict[str, float] = field(default_factory=dict)


@router.get(
    "/metrics",
    summary="Numbers for Prometheus",
    description="For this machine itself without a word; for others with the key of an operator.",
    response_class=Response,
    responses={200: {"content": {metrics.MEDIA_TYPE: {"schema": {"type": "string"}}}}, **problems(404)},
)
async def numbers(request: Request, services: ServicesDep) -> Response:
    if not _is_from_here(request):
        await _require_operator(request, services)
    try:
        found = await services.database.read(queue_numbers)
        metrics.queue_state(found.lengths, found.oldest_seconds)
    except DatabaseError:
        # A scrape is most wanted when something is down.
        metrics.database_away()
    return Response(metrics.exposition(), media_type=metrics.MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def queue_numbers(session: Session) -> QueueNumbers:
    """What is open in the database now; few rows among millions, found by an index of their own."""
    now = clock.now()
    rows = session.execute(
        select(Review.kind, Review.status, func.count(), func.min(Review.created_at))
        .where(Review.status.in_((ReviewStatus.PENDING, ReviewStatus.PROCESSING, ReviewStatus.DEFERRED)))
        .group_by(Review.kind, Review.status)
    ).all()
    return QueueNumbers(
        lengths={(kind.value, status.value): count for kind, status, count, _ in rows},
        oldest_seconds={
            kind.value: (now - first).total_seconds()
            for kind, status, _, first in rows
            if status is ReviewStatus.PENDING
        },
    )


def _is_from_here(request: Request) -> bool:
    peer = request.client.host if request.client else ""
    return is_loopback(peer) and not any(name in request.headers for name in _FORWARDED)


async def _require_operator(request: Request, services: Services) -> None:
    try:
        principal = await services.authenticator.principal(request)
    except UnauthenticatedError as exc:
        raise NotFoundError("page") from exc
    principal.require_operator()
