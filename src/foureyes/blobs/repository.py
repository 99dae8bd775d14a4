"""SQL of blobs."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import Text, cast, delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from foureyes.blobs.packing import PackedBlob
from foureyes.kit.database.base import table_of
from foureyes.models.blobs import Blob
from foureyes.models.reviews import Review, ReviewStatus

Key = tuple[UUID, str]

_DIGEST = re.compile(r"[0-9a-f]{64}")
_OPEN = [status for status in ReviewStatus if not status.ended]


def put_many(session: Session, workspace_id: UUID, blobs: Iterable[PackedBlob], *, at: datetime) -> None:
    """Keep blobs; those that are there already count as used now."""
    different = {blob.digest: blob for blob in blobs}
    if not different:
        return
    connection = session.connection()
    # In one order for all: two that store the same blobs in two orders would wait for each other.
    connection.execute(
        _kept(connection.dialect.name),
        [
            {
                "workspace_id": workspace_id,
                "digest": digest,
                "size": different[digest].size,
                "content": different[digest].content,
                "created_at": at,
                "used_at": at,
            }
            for digest in sorted(different)
        ],
    )


def get(session: Session, workspace_id: UUID, digest: str) -> PackedBlob | None:
    return get_many(session, workspace_id, [digest]).get(digest)


def get_many(session: Session, workspace_id: UUID, digests: Sequence[str]) -> dict[str, PackedBlob]:
    """Those of `digests` that the workspace has."""
    rows = session.execute(
        select(Blob.digest, Blob.size, Blob.content).where(Blob.workspace_id == workspace_id, Blob.digest.in_(digests))
    )
    return {digest: PackedBlob(digest, size, content) for digest, size, content in rows}


def touch(session: Session, workspace_id: UUID, digests: Sequence[str], *, at: datetime) -> set[str]:
    """Count blobs as used now; which of them the workspace has."""
    found = session.scalars(
        update(Blob)
        .where(Blob.workspace_id == workspace_id, Blob.digest.in_(digests))
        .values(used_at=at)
        .returning(Blob.digest)
    )
    return set(found)


def unused(session: Session, *, before: datetime, limit: int) -> list[Key]:
    """Blobs that nothing has used since `before`, those unused for longest first."""
    rows = session.execute(
        select(Blob.workspace_id, Blob.digest).where(Blob.used_at < before).order_by(Blob.used_at).limit(limit)
    )
    return [(workspace_id, digest) for workspace_id, digest in rows]


def named_by_open_reviews(session: Session, workspaces: Iterable[UUID]) -> set[Key]:
    """Every digest that reviews which have not ended name, in their requests or as their results."""
    rows = session.execute(
        select(Review.workspace_id, cast(Review.request, Text), Review.result_digest).where(
            Review.status.in_(_OPEN), Review.workspace_id.in_(set(workspaces))
        )
    )
    return {
        (workspace_id, digest)
        for workspace_id, request, result in rows
        # Whatever the shape of a request: a digest that is no blob's does no harm here.
        for digest in [*_DIGEST.findall(request), result or ""]
    }


def touch_keys(session: Session, keys: Sequence[Key], *, at: datetime) -> None:
    session.execute(update(Blob).where(tuple_(Blob.workspace_id, Blob.digest).in_(keys)).values(used_at=at))


def remove(session: Session, keys: Sequence[Key], *, before: datetime) -> int:
    """Remove those of `keys` that are still unused; how many those were."""
    removed = session.scalars(
        delete(Blob)
        .where(tuple_(Blob.workspace_id, Blob.digest).in_(keys), Blob.used_at < before)
        .returning(Blob.digest)
    )
    return len(removed.all())


@cache
def _kept(dialect: str) -> sqlite.Insert | postgresql.Insert:
    """The statement, made once for each dialect: making it takes longer than running it."""
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table_of(Blob))
    return insert.on_conflict_do_update(
        index_elements=["workspace_id", "digest"], set_={"used_at": insert.excluded.used_at}
    )
