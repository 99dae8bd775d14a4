"""SQL of submitting: the row, the keys of clients, equal results, and what a newer review replaces."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from foureyes.kit.database.base import table_of
from foureyes.kit.ids import new_id
from foureyes.models.findings import StoredFinding
from foureyes.models.reviews import IdempotencyKey, Review, ReviewFile, ReviewStatus
from foureyes.reviews.states import OPEN

KEYS_KEPT = timedelta(days=1)
"""How long a client's key stands for its first request."""
_COPIED = (
    "verdict", "headline", "findings", "severities", "model", "result_digest", "language", "repository",
)  # fmt: skip

_REVIEWS = table_of(Review).c
# Asked by every submission, nearly always for nothing: made once, and of the table, it costs a tenth of what it did.
_EQUAL = (
    select(_REVIEWS.id)
    .where(
        _REVIEWS.workspace_id == bindparam("workspace"),
        _REVIEWS.request_digest == bindparam("digest"),
        _REVIEWS.status == ReviewStatus.COMPLETED,
        _REVIEWS.finished_at > bindparam("since"),
        _REVIEWS.cached.is_(False),
        _REVIEWS.verdict != "incomplete",
        _REVIEWS.result_digest.is_not(None),
    )
    .order_by(_REVIEWS.id.desc())
    .limit(1)
)


def keyed(session: Session, workspace_id: UUID, key: str, *, at: datetime) -> IdempotencyKey | None:
    """What the client's key stands for; one that is older than a day is removed, and stands for nothing."""
    row = session.get(IdempotencyKey, (workspace_id, key))
    if row is None or row.created_at > at - KEYS_KEPT:
        return row
    session.delete(row)
    session.flush()
    return None


def remember_key(session: Session, key: IdempotencyKey) -> None:
    """Raises IntegrityError where another transaction has just done so."""
    session.add(key)
    session.flush()


def forget_keys(session: Session, *, before: datetime, limit: int = 1_000) -> int:
    """Remove keys that stand for nothing any more; how many. A sweeper calls this until it is 0."""
    old = select(IdempotencyKey.workspace_id, IdempotencyKey.key).where(IdempotencyKey.created_at < before).limit(limit)
    rows = session.execute(old).all()
    for workspace_id, key in rows:
        session.execute(
            delete(IdempotencyKey).where(IdempotencyKey.workspace_id == workspace_id, IdempotencyKey.key == key)
        )
    return len(rows)


def equal_completed(session: Session, workspace_id: UUID, digest: str, *, since: datetime) -> Review | None:
    """The newest review of an equal request that was completed since then, wholly and by a run of its own.

    One that is itself a copy does not count: else a result would be renewed for ever.
    """
    if not digest:
        return None
    found = session.connection().scalar(_EQUAL, {"workspace": workspace_id, "digest": digest, "since": since})
    return None if found is None else session.get(Review, found)


def copy_columns(source: Review, target: Review) -> None:
    """Give a review what an equal one says of its result. What it cost is not copied: nothing was asked."""
    for column in _COPIED:
        setattr(target, column, getattr(source, column))


def copy_rows(session: Session, source: Review, target: Review) -> None:
    """Give a review that is stored the findings and the ledger of an equal one, as rows of its own."""
    findings = session.execute(
        select(*StoredFinding.__table__.columns)
        .where(StoredFinding.review_id == source.id)
        .order_by(StoredFinding.position)
    ).mappings()
    # What was settled against an earlier review then is not new, or fixed, once more: it stays as it was said.
    rows = [{**row, "id": new_id(), "review_id": target.id, "created_at": target.created_at} for row in findings]
    if rows:
        session.execute(insert(StoredFinding), rows)
    files = session.execute(select(*ReviewFile.__table__.columns).where(ReviewFile.review_id == source.id)).mappings()
    ledger = [{**row, "review_id": target.id} for row in files]
    if ledger:
        session.execute(insert(ReviewFile), ledger)


def lock_line(session: Session, workspace_id: UUID, line: str) -> None:
    """Wait for other submissions of the same line: two at once would not see each other, and both would stay."""
    # SQLite has one writer at a time.
    if session.connection().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{workspace_id}/{line}", 0))))


def open_of_line(session: Session, workspace_id: UUID, line: str, *, but: UUID) -> Sequence[Review]:
    """The reviews of a line that are not over, held until the transaction ends."""
    return session.scalars(
        select(Review)
        .where(
            Review.workspace_id == workspace_id, Review.line == line, Review.status.in_(sorted(OPEN)), Review.id != but
        )
        .order_by(Review.id)
        .with_for_update()
    ).all()
