"""Reviews as a client leaves them in the store, for tests of what becomes of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.reviews import Review, ReviewKind, ReviewStatus, StatusChange, Trigger
from foureyes.models.workspaces import Workspace


async def workspace(database: Database, name: str = "A workspace") -> UUID:
    workspace_id = new_id()

    def make(session: Session) -> None:
        session.add(Workspace(id=workspace_id, name=name, personal=False, created_at=clock.now()))

    await database.write(make)
    return workspace_id


async def submitted(
    database: Database,
    workspace_id: UUID,
    *titles: str,
    kind: ReviewKind = ReviewKind.REVIEW,
    age: timedelta = timedelta(0),
) -> list[UUID]:
    """One pending review for each title; `runs.scripted` does what a title says."""
    ids = [new_id() for _ in titles]
    at = clock.now() - age

    def make(session: Session) -> None:
        for review_id, title in zip(ids, titles, strict=True):
            session.add(_review(review_id, workspace_id, kind, title, at))

    await database.write(make)
    return ids


def _review(review_id: UUID, workspace_id: UUID, kind: ReviewKind, title: str, at: datetime) -> Review:
    source = {"type": "files", "files": [{"path": "a.py", "digest": "0" * 64}]}
    return Review(
        id=review_id,
        workspace_id=workspace_id,
        kind=kind,
        trigger=Trigger.REST,
        status=ReviewStatus.PENDING,
        title=title,
        request={"kind": str(kind), "source": source, "title": title},
        created_at=at,
        changed_at=at,
    )


async def changed(database: Database, review_id: UUID, **values: object) -> None:
    """Set columns from outside, as another process would."""
    await database.write(lambda session: session.execute(update(Review).where(Review.id == review_id).values(**values)))


async def retitled(database: Database, review_id: UUID, title: str) -> None:
    """Have the next run of a review do something else than the one that is under way."""
    request = dict((await row(database, review_id)).request)
    await changed(database, review_id, request={**request, "title": title})


async def row(database: Database, review_id: UUID) -> Review:
    return await database.read(lambda session: session.get_one(Review, review_id))


async def rows(database: Database, ids: Sequence[UUID]) -> list[Review]:
    wanted = select(Review).where(Review.id.in_(ids)).order_by(Review.id)
    return await database.read(lambda session: list(session.scalars(wanted)))


async def life(database: Database, review_id: UUID) -> list[StatusChange]:
    """Every status that a review has had since it was submitted."""
    steps = select(StatusChange).where(StatusChange.review_id == review_id).order_by(StatusChange.id)
    return await database.read(lambda session: list(session.scalars(steps)))
