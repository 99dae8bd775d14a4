"""Accepting a review: everything in one transaction, then the queue."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foureyes.blobs.packing import PackedBlob, pack
from foureyes.blobs.service import store_blobs, touch_blobs
from foureyes.kit import clock, metrics
from foureyes.kit.bus import Bus
from foureyes.kit.database.port import after_commit
from foureyes.kit.ids import new_id
from foureyes.kit.logging import correlation_id
from foureyes.kit.tracing import span, trace_parent
from foureyes.models.reviews import IdempotencyKey, Review, ReviewStatus, Trigger
from foureyes.queue.port import Queue
from foureyes.rest.idempotency import IdempotencyConflictError, body_digest
from foureyes.rest.services import Services
from foureyes.reviews.digest import request_digest
from foureyes.reviews.repository import rows, submission
from foureyes.reviews.repository.changes import change_status
from foureyes.reviews.schemas import ReviewWanted
from foureyes.reviews.sources import Snapshot, snapshot_of

_CACHED_FOR = timedelta(days=1)
# Hashing and packing this much takes as long as going to a thread and back.
_SMALL = 64 << 10


@dataclass(frozen=True, slots=True)
class Asker:
    """Where a review belongs, who asked for it, and how."""

    workspace_id: UUID
    user_id: UUID | None
    trigger: Trigger = Trigger.REST


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything that the transaction writes, made outside of it: it may run twice."""

    id: UUID
    asker: Asker
    snapshot: Snapshot
    blobs: tuple[PackedBlob, ...]
    digest: str
    line: str | None
    fresh: bool
    key: tuple[str, str] | None
    """The client's key, and the digest of the body that it stands for."""
    at: datetime
    request_id: str | None = None
    trace_parent: str | None = None
    again: bool = False
    """The transaction was run before, and may have been committed."""


async def submit(services: Services, asker: Asker, wanted: ReviewWanted, *, key: str | None = None) -> Review:
    """The accepted review, which is durable; or the one that the same `key` has made before.

    Raises:
        InvalidRequestError, TooLargeError: it can't be reviewed as it was sent.
        IdempotencyConflictError: `key` stands for another body.
    """
    with span("submit", kind=wanted.kind):
        review = await _submitted(services, asker, wanted, key)
    if not wanted.fresh:
        metrics.cache_lookup("results", hit=review.cached)
    return review


async def _submitted(services: Services, asker: Asker, wanted: ReviewWanted, key: str | None) -> Review:
    snapshot, blobs = await _prepared(wanted)
    prepared = Submission(
        id=new_id(),
        asker=asker,
        snapshot=snapshot,
        blobs=blobs,
        digest=request_digest(asker.workspace_id, snapshot.request, services.settings),
        line=wanted.supersedes,
        fresh=wanted.fresh,
        key=(key, body_digest(wanted)) if key else None,
        at=clock.now(),
        # Taken here: the transaction may run in a thread, which knows of no request.
        request_id=correlation_id(),
        trace_parent=trace_parent() or None,
    )
    try:
        return await services.database.write(accept, prepared, bus=services.bus, queue=services.queue)
    except IntegrityError:
        # Another request with this key was accepted in between; or this one was, and its connection broke after the
        # commit, before the answer. Now the review is there to be found.
        again = replace(prepared, again=True)
        return await services.database.write(accept, again, bus=services.bus, queue=services.queue)


def accept(session: Session, prepared: Submission, *, bus: Bus, queue: Queue) -> Review:
    """The transaction: snapshot, row, its first status, the feed, the client's key; what it replaces ends.

    Raises:
        IntegrityError: another transaction has taken the client's key meanwhile, or this one was committed before;
            do it `again`.
        IdempotencyConflictError: the key stands for another body.
    """
    known = _known(session, prepared)
    if known is not None:
        return known
    workspace_id = prepared.asker.workspace_id
    if prepared.line is not None:
        submission.lock_line(session, workspace_id, prepared.line)
    store_blobs(session, workspace_id, prepared.blobs)
    review = _row(prepared)
    equal = _equal(session, prepared)
    _begin(session, review, equal, bus=bus, at=prepared.at)
    rows.add_event(session, prepared.id, review, "review.submitted", user_id=review.user_id, at=prepared.at)
    if prepared.key is not None:
        name, digest = prepared.key
        key = IdempotencyKey(
            workspace_id=workspace_id, key=name, body_digest=digest, review_id=review.id, created_at=prepared.at
        )
        submission.remember_key(session, key)
    if prepared.line is not None:
        _supersede(session, review, prepared.line, bus=bus, at=prepared.at)
    if equal is None:
        after_commit(session, lambda: queue.enqueue(review.id, review.kind))
    return review


async def _prepared(wanted: ReviewWanted) -> tuple[Snapshot, tuple[PackedBlob, ...]]:
    if _size(wanted) < _SMALL:
        return _packed(wanted)
    return await asyncio.to_thread(_packed, wanted)


def _packed(wanted: ReviewWanted) -> tuple[Snapshot, tuple[PackedBlob, ...]]:
    snapshot = snapshot_of(wanted)
    return snapshot, tuple(pack(content) for _, content in snapshot.contents)


def _size(wanted: ReviewWanted) -> int:
    source = wanted.source
    texts = [getattr(source, name, "") for name in ("content", "patch")]
    files = getattr(source, "files", ())
    return sum(map(len, texts)) + sum(len(file.content) for file in files) + len(wanted.error or "")


def _known(session: Session, prepared: Submission) -> Review | None:
    """The review that this submission has made already, or that its key stands for."""
    # Looked for only where it may be there: intake is the busiest of all that we do.
    made = session.get(Review, prepared.id) if prepared.again else None
    if made is not None or prepared.key is None:
        return made
    name, digest = prepared.key
    key = submission.keyed(session, prepared.asker.workspace_id, name, at=prepared.at)
    if key is None:
        return None
    if key.body_digest != digest:
        raise IdempotencyConflictError(name)
    return rows.find(session, key.review_id, [prepared.asker.workspace_id])


def _row(prepared: Submission) -> Review:
    snapshot = prepared.snapshot
    return Review(
        id=prepared.id,
        workspace_id=prepared.asker.workspace_id,
        user_id=prepared.asker.user_id,
        kind=snapshot.request.kind,
        trigger=prepared.asker.trigger,
        status=ReviewStatus.PENDING,
        title=snapshot.title,
        repository=snapshot.repository,
        language=snapshot.language,
        request=snapshot.request.model_dump(mode="json"),
        request_digest=prepared.digest,
        line=prepared.line,
        request_id=prepared.request_id,
        trace_parent=prepared.trace_parent,
        # Set here, since a column's own default is not there before the row is read again.
        fence=0,
        findings=0,
        verdict="",
        headline="",
        error="",
        error_code="",
        severities={},
        cached=False,
        created_at=prepared.at,
        changed_at=prepared.at,
    )


def _supersede(session: Session, review: Review, line: str, *, bus: Bus, at: datetime) -> None:
    """End what is older on the same line; a running review is asked to stop, and its worker ends it."""
    for older in submission.open_of_line(session, review.workspace_id, line, but=review.id):
        older.superseded_by = review.id
        if older.status is ReviewStatus.PROCESSING:
            older.cancel_asked_at = older.cancel_asked_at or at
            continue
        older.finished_at = at
        change_status(session, older, ReviewStatus.SUPERSEDED, bus=bus, at=at, reason=f"Superseded by {review.id}.")


def _equal(session: Session, prepared: Submission) -> Review | None:
    """The review whose result this one may have at once: an equal one that was completed within a day."""
    if prepared.fresh:
        return None
    workspace_id = prepared.asker.workspace_id
    equal = submission.equal_completed(session, workspace_id, prepared.digest, since=prepared.at - _CACHED_FOR)
    if equal is None or equal.result_digest is None:
        return None
    # Where the result itself has been removed, there would be no report.
    return None if touch_blobs(session, workspace_id, [equal.result_digest]) else equal


def _begin(session: Session, review: Review, equal: Review | None, *, bus: Bus, at: datetime) -> None:
    """Add the row: pending, or completed with the result of an equal one."""
    session.add(review)
    if equal is None:
        change_status(session, review, ReviewStatus.PENDING, bus=bus, at=at)
        return
    submission.copy_columns(equal, review)
    # A copy answers no further request: left in the index, each would make the next look-up longer.
    review.request_digest = ""
    review.cached, review.seconds, review.finished_at = True, 0.0, at
    change_status(session, review, ReviewStatus.COMPLETED, bus=bus, at=at, reason=f"Equal to review {equal.id}.")
    submission.copy_rows(session, equal, review)
