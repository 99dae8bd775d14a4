"""What Prometheus reads: the numbers of this process, and what waits in the database at that moment."""

from dataclasses import dataclass, field

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from foureyes.errors import DatabaseError, NotFoundError, UnauthenticatedError
from foureyes.kit import clock, metrics
from foureyes.models.reviews import ReviewStatus
from foureyes.rest.address import is_loopback
from foureyes.rest.problems import problems
from foureyes.rest.services import Services, ServicesDep
from foureyes.reviews.repository.admin import open_counts

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
    found = QueueNumbers()
    for row in open_counts(session):
        state = row.kind.value, row.status.value
        found.lengths[state] = found.lengths.get(state, 0) + row.count
        if row.status is ReviewStatus.PENDING:
            waited = (now - row.oldest).total_seconds()
            found.oldest_seconds[row.kind.value] = max(waited, found.oldest_seconds.get(row.kind.value, 0.0))
    return found


def _is_from_here(request: Request) -> bool:
    peer = request.client.host if request.client else ""
    return is_loopback(peer) and not any(name in request.headers for name in _FORWARDED)


async def _require_operator(request: Request, services: Services) -> None:
    try:
        principal = await services.authenticator.principal(request)
    except UnauthenticatedError as exc:
        raise NotFoundError("page") from exc
    principal.require_operator()
