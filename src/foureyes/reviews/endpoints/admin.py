"""The queue of all workspaces, for whoever runs this installation; for others these pages do not exist."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Self, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy.orm import Session

from foureyes.errors import BrokerError
from foureyes.kit import clock
from foureyes.models.reviews import Review, ReviewKind, ReviewStatus
from foureyes.models.workers import WorkerRow
from foureyes.queue.port import Queue
from foureyes.rest.paging import CursorParam, LimitParam, cursor_of, next_link, time_and_id_after
from foureyes.rest.principal import PrincipalDep
from foureyes.rest.problems import problems
from foureyes.rest.services import ServicesDep
from foureyes.reviews import changing
from foureyes.reviews.repository import admin

router = APIRouter(prefix="/api/admin", tags=["admin"])

K = TypeVar("K")

_ALIVE = timedelta(seconds=60)
_MOST = 1_000
_ErrorCode = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[a-z0-9-]+$")]


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class OpenReviews(_View):
    """How many reviews of a workspace are in one state, and since when the oldest of them is there."""

    workspace_id: UUID
    kind: ReviewKind
    status: ReviewStatus
    count: int
    oldest: datetime


class BrokerDepth(_View):
    """What the broker holds of one kind."""

    kind: ReviewKind
    waiting: int
    later: int
    running: int


class WorkerView(_View):
    """A worker that has said something in the last minute."""

    id: UUID
    host: str
    pid: int
    version: str
    kinds: list[str]
    slots: int
    running: int
    draining: bool
    started_at: datetime
    seen_at: datetime


class QueueView(_View):
    """What waits and who works. The rows are the truth; the broker only carries ids."""

    by_status: dict[ReviewStatus, int]
    by_kind: dict[ReviewKind, int]
    open: list[OpenReviews] = Field(description="By workspace, kind and status, the most first.")
    oldest_seconds: float | None = Field(description="Age of the oldest review that waits; null: none waits.")
    broker_reachable: bool
    broker: list[BrokerDepth] = Field(description="Empty where the broker can't be reached.")
    workers: list[WorkerView]


class DeadLetterView(_View):
    """A review whose retries are used up."""

    id: UUID
    workspace_id: UUID
    kind: ReviewKind
    title: str
    repository: str
    error_code: str
    error: str
    failures: int
    crashes: int
    created_at: datetime
    dead_at: datetime


class DeadLetterPage(_View):
    """One page, those that died last first."""

    dead_letters: list[DeadLetterView]
    next_cursor: str | None
    next: str | None


class RequeueWanted(BaseModel):
    """Which dead letters to put back: these, or all that ended with one error. A thousand at a time."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={
        "examples": [{"error_code": "git"}],
        "oneOf": [{"required": ["ids"]}, {"required": ["error_code"]}],
    })  # fmt: skip

    ids: Annotated[tuple[UUID, ...], Field(max_length=_MOST)] = ()
    error_code: _ErrorCode | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if bool(self.ids) == (self.error_code is not None):
            raise ValueError("name either `ids` or an `error_code`")
        return self


class Requeued(_View):
    """Those that wait again. As many as a thousand: ask once more, there may be others."""

    ids: list[UUID]


@router.get("/queue", operation_id="getQueue", summary="What waits, and who works", responses=problems(401, 404))
async def get_queue(principal: PrincipalDep, services: ServicesDep) -> QueueView:
    """Counts of all workspaces, the age of the oldest, the broker's depth, workers alive."""
    principal.require_operator()
    now = clock.now()
    counts, workers = await services.database.read(_read_queue, now)
    broker = await _depths(services.queue)
    waiting = [count.oldest for count in counts if count.status is not ReviewStatus.PROCESSING]
    return QueueView(
        by_status=_totals(counts, "status", [status for status in ReviewStatus if not status.ended]),
        by_kind=_totals(counts, "kind", list(ReviewKind)),
        open=[OpenReviews.model_validate(count) for count in counts],
        oldest_seconds=round((now - min(waiting)).total_seconds(), 3) if waiting else None,
        broker_reachable=broker is not None,
        broker=broker or [],
        workers=[WorkerView.model_validate(worker) for worker in workers],
    )


@router.get(
    "/dead-letters",
    operation_id="listDeadLetters",
    summary="Reviews whose retries are used up",
    responses=problems(400, 401, 404),
)
async def list_dead_letters(
    *,
    request: Request,
    principal: PrincipalDep,
    services: ServicesDep,
    error_code: Annotated[_ErrorCode | None, Query(description="Only those that ended with this error.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = 50,
) -> DeadLetterPage:
    """Each with its error: what has to be mended before it is put back."""
    principal.require_operator()
    found = await services.database.read(
        admin.dead_letters, before=time_and_id_after(cursor), size=limit + 1, error_code=error_code
    )
    after = _cursor(found[limit - 1]) if len(found) > limit else None
    return DeadLetterPage(
        dead_letters=[DeadLetterView.model_validate(review) for review in found[:limit]],
        next_cursor=after,
        next=next_link(request.url, after),
    )


@router.post(
    "/dead-letters/requeue",
    operation_id="requeueDeadLetters",
    summary="Put dead letters back into the queue",
    responses=problems(400, 401, 404),
)
async def requeue_dead_letters(wanted: RequeueWanted, principal: PrincipalDep, services: ServicesDep) -> Requeued:
    """By id, or all of one error. An id that is no dead letter, or no more, is passed over."""
    principal.require_operator()
    ids = await services.database.write(
        changing.requeue,
        admin.DeadLetters(wanted.ids, wanted.error_code, _MOST),
        user_id=principal.user_id,
        at=clock.now(),
        bus=services.bus,
        queue=services.queue,
    )
    return Requeued(ids=list(ids))


def _read_queue(session: Session, now: datetime) -> tuple[list[admin.OpenCount], Sequence[WorkerRow]]:
    return admin.open_counts(session), admin.workers_seen(session, since=now - _ALIVE)


async def _depths(queue: Queue) -> list[BrokerDepth] | None:
    """What the broker holds of each kind; None where it does not answer."""
    try:
        depths = [(kind, await queue.depth(kind)) for kind in ReviewKind]
    except BrokerError:
        return None
    return [
        BrokerDepth(kind=kind, waiting=depth.waiting, later=depth.later, running=depth.running)
        for kind, depth in depths
    ]


def _totals(counts: Sequence[admin.OpenCount], column: str, keys: Sequence[K]) -> dict[K, int]:
    return {key: sum(count.count for count in counts if getattr(count, column) == key) for key in keys}


def _cursor(review: Review) -> str | None:
    return cursor_of(review.dead_at, review.id) if review.dead_at else None
