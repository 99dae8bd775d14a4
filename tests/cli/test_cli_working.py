"""What the worker of this program does beside reviews: it removes what is old, and settles what the dead reserved."""

import asyncio
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from claimed import claimed
from clients import app_of
from foureyes import models
from foureyes.cli.deployment import Told
from foureyes.cli.working import work
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.reviews import ReviewKind
from foureyes.queue.docket import open_queue
from foureyes.rest.services import Services
from foureyes.runs.port import Claimed
from foureyes.settings import Settings

PATIENCE = 20


def old_rows(session: Session, one: Claimed) -> None:
    """An event, a client's key and a model's answer that are kept no longer; money that a dead claim had set aside."""
    long_ago = clock.now() - timedelta(days=800)
    mine = {"workspace_id": one.workspace_id}
    session.execute(insert(models.Event).values(id=new_id(), verb="x", facts={}, at=long_ago, **mine))
    session.add(models.IdempotencyKey(key="k", body_digest="", review_id=one.review_id, created_at=long_ago, **mine))
    session.add(models.CachedAnswer(key="k", answer=b"", created_at=long_ago, expires_at=long_ago, hits=0, **mine))
    session.add(models.Usage(month="2024-01", reserved=7, **mine))
    session.add(
        models.Reservation(
            id=new_id(), month="2024-01", review_id=one.review_id, fence=99, amount=7, made_at=long_ago, **mine
        )
    )


def left(session: Session) -> list[int]:
    tables = (models.Event, models.IdempotencyKey, models.CachedAnswer, models.Reservation)
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


async def test_a_worker_removes_what_is_old_and_settles_what_the_dead_reserved(
    database: Database, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path)
    await database.write(old_rows, await claimed(database))
    base: Services = app_of(database, settings).state.services
    queue = open_queue(settings)
    told = Told()
    services = Services(settings, database, queue, base.bus, base.authenticator)
    working = asyncio.create_task(work(services, told, kinds=[ReviewKind.FIX], alone=False))
    try:
        async with asyncio.timeout(PATIENCE):
            while await database.read(left) != [0, 0, 0, 0]:  # noqa: ASYNC110  # The rows are all that tells.
                await asyncio.sleep(0.05)
    finally:
        told.stopping.set()
        await working
        await queue.close()
    month = await database.read(lambda session: session.scalars(select(models.Usage)).one())
    assert (month.reserved, month.spent) == (0, 7)
