"""What is old goes, what is not stays."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from foureyes import models
from foureyes.blobs.packing import pack
from foureyes.blobs.repository import put_many
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.reviews.retention import Swept, sweep_old

KEEP = {"keep_sources": timedelta(days=90), "keep_events": timedelta(days=365)}
NOTHING = Swept(events=0, idempotency_keys=0, cached_answers=0, blobs=0)


def fill(session: Session, age: timedelta, number: int) -> None:
    """`number` rows of each kind that became too old `age` ago."""
    workspace, review, now = new_id(), new_id(), clock.now()
    session.execute(insert(models.Workspace).values(id=workspace, name="w", personal=True, created_at=now))
    words = {"kind": "review", "trigger": "rest", "status": "completed", "request": {}}
    session.execute(
        insert(models.Review).values(id=review, workspace_id=workspace, created_at=now, changed_at=now, **words)
    )
    for one in range(number):
        add_rows(session, workspace, review, one, now - age)
    put_many(session, workspace, [pack(b"%d" % one) for one in range(number)], at=now - age - KEEP["keep_sources"])


def add_rows(session: Session, workspace: UUID, review: UUID, number: int, end: datetime) -> None:
    made = end - timedelta(days=1)
    session.add_all(
        [
            models.Event(
                id=new_id(), workspace_id=workspace, verb="x", facts={}, review_id=review, at=end - KEEP["keep_events"]
            ),
            models.IdempotencyKey(
                workspace_id=workspace, key=str(number), body_digest="", review_id=review, created_at=made
            ),
            models.CachedAnswer(
                workspace_id=workspace, key=str(number), answer=b"", created_at=made, expires_at=end, hits=0
            ),
        ]
    )


async def test_all_that_is_old_goes_in_several_transactions(database: Database) -> None:
    await database.write(fill, timedelta(hours=1), 501)
    assert await sweep_old(database, **KEEP) == Swept(501, 501, 501, 501)
    assert await sweep_old(database, **KEEP) == NOTHING


async def test_what_is_not_old_stays_and_so_do_the_reviews(database: Database) -> None:
    await database.write(fill, -timedelta(hours=1), 3)
    await database.write(fill, timedelta(hours=1), 2)
    assert await sweep_old(database, **KEEP) == Swept(2, 2, 2, 2)
    tables = (models.Event, models.IdempotencyKey, models.CachedAnswer, models.Blob, models.Review)
    left = [
        await database.read(lambda session, one=one: session.scalar(select(func.count()).select_from(one)))
        for one in tables
    ]
    assert left == [3, 3, 3, 3, 2]


async def test_an_empty_store_has_nothing_to_remove(database: Database) -> None:
    assert await sweep_old(database, **KEEP) == NOTHING
