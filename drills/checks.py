"""What the database says after a drill: it is asked directly, not through the program that is on trial."""

import asyncio
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foureyes.errors import DatabaseError
from foureyes.kit import clock
from foureyes.kit.database.open import open_database
from foureyes.kit.database.port import Database
from foureyes.models import CachedAnswer, ModelCall, Review, StatusChange
from foureyes.models.reviews import ReviewStatus


@dataclass(frozen=True, slots=True)
class Truth:
    """`statuses` of the accepted reviews. `lost`: not there any more, or not ended as they were meant to."""

    statuses: dict[str, int]
    lost: int
    surplus: int
    completed_twice: int
    bought_twice: int
    crashes: int


async def truth(url: str, accepted: Collection[str], *, failed: Collection[str] = ()) -> Truth:
    """What became of the accepted reviews, of which `failed` were to fail, and what is there that nobody knows of."""
    database = open_database(url)
    try:
        return await database.read(_truth, {UUID(one) for one in accepted}, {UUID(one) for one in failed})
    finally:
        await database.close()


async def finished(url: str, accepted: Collection[str], *, within: float) -> bool:
    """Whether every accepted review ends in time."""
    until = clock.steady() + within
    wanted = {UUID(one) for one in accepted}
    database = open_database(url)
    try:
        while clock.steady() < until:
            if await _open_ones(database, wanted) == 0:
                return True
            await asyncio.sleep(0.2)
        return False
    finally:
        await database.close()


async def _open_ones(database: Database, wanted: Collection[UUID]) -> int:
    def count(session: Session) -> int:
        ended = [status for status in ReviewStatus if status.ended]
        rows = session.scalars(select(Review.id).where(Review.status.in_(ended)))
        return len(set(wanted) - set(rows))

    try:
        return await database.read(count)
    except DatabaseError:
        # It may be the database that is down just now.
        return len(wanted)


def _truth(session: Session, accepted: set[UUID], failed: set[UUID]) -> Truth:
    rows = {row.id: row for row in session.scalars(select(Review))}
    completions = Counter(
        session.scalars(select(StatusChange.review_id).where(StatusChange.status == ReviewStatus.COMPLETED))
    )
    # Made after its answer had been stored: money that was spent for nothing.
    bought = session.scalar(
        select(func.count(ModelCall.id))
        .join(CachedAnswer, (CachedAnswer.workspace_id == ModelCall.workspace_id) & (CachedAnswer.key == ModelCall.key))
        .where(ModelCall.started_at > CachedAnswer.created_at)
    )
    return Truth(
        statuses=dict(Counter(str(rows[one].status) for one in accepted if one in rows)),
        lost=sum(one not in rows or rows[one].status is not _meant(one, failed) for one in accepted),
        surplus=len(rows.keys() - accepted),
        completed_twice=sum(count > 1 for count in completions.values()),
        bought_twice=bought or 0,
        crashes=sum(row.crashes for row in rows.values()),
    )


def _meant(review_id: UUID, failed: Collection[UUID]) -> ReviewStatus:
    return ReviewStatus.FAILED if review_id in failed else ReviewStatus.COMPLETED
