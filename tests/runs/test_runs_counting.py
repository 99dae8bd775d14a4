"""Each end of a run is counted in its day exactly once, whatever the end; what is put back is not."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foureyes.errors import LostFenceError
from foureyes.kit import clock
from foureyes.kit.bus import MemoryBus
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.reviews import Review, ReviewDay, ReviewKind
from foureyes.queue.port import MemoryQueue
from foureyes.runs import service
from foureyes.runs.port import Claimed
from foureyes.runs.repository.claims import Claimer, claim
from foureyes.runs.scripted import ScriptedCarrier
from foureyes.runs.service import Desk
from submitted import submitted, workspace

CLAIMER = Claimer(new_id(), timedelta(seconds=30), 100)


def desk_on(database: Database) -> Desk:
    return Desk(database, MemoryQueue(), MemoryBus(), ScriptedCarrier())


async def claimed_one(database: Database, title: str) -> Claimed:
    await submitted(database, await workspace(database), title)
    [one] = await database.write(claim, CLAIMER, tuple(ReviewKind), 1, bus=MemoryBus())
    return one


async def counted(database: Database) -> dict[str, int]:
    """How many reviews ended, by status."""
    days = await database.read(lambda session: session.scalars(select(ReviewDay)).all())
    return {day.status.value: day.reviews for day in days}


def asked(session: Session, **columns: object) -> None:
    session.execute(update(Review).values(columns))


@pytest.mark.parametrize(
    ("title", "ends"),
    [
        ("a title", {"completed": 1}),
        ("refuse", {"failed": 1}),
        ("unauthorised", {"failed": 1}),
        ("fail 1", {}),
        ("defer 1", {}),
    ],
)
async def test_a_run_that_ends_is_counted_and_one_that_comes_again_is_not(
    database: Database, title: str, ends: dict[str, int]
) -> None:
    await service.run(await claimed_one(database, title), desk_on(database))
    assert await counted(database) == ends


async def test_a_run_that_somebody_stopped_is_counted_as_cancelled(database: Database) -> None:
    one = await claimed_one(database, "a title")
    await database.write(asked, cancel_asked_at=clock.now())
    await service.stop(one, desk_on(database))
    assert await counted(database) == {"cancelled": 1}


async def test_a_run_that_a_newer_one_replaced_is_counted_as_superseded(database: Database) -> None:
    one = await claimed_one(database, "a title")
    await database.write(asked, superseded_by=new_id())
    await service.stop(one, desk_on(database))
    assert await counted(database) == {"superseded": 1}


async def test_a_review_that_is_given_back_is_not_counted(database: Database) -> None:
    await service.release(await claimed_one(database, "a title"), desk_on(database))
    assert await counted(database) == {}


async def test_only_the_last_death_of_a_process_is_counted(database: Database) -> None:
    one = await claimed_one(database, "a title")
    await service.crashed(one, desk_on(database), most=2, reason="it was killed")
    assert await counted(database) == {}
    await database.write(asked, not_before=None)
    [again] = await database.write(claim, CLAIMER, tuple(ReviewKind), 1, bus=MemoryBus())
    await service.crashed(again, desk_on(database), most=2, reason="it was killed")
    assert await counted(database) == {"failed": 1}


async def test_a_request_that_can_not_be_read_is_counted_as_failed(database: Database) -> None:
    await submitted(database, await workspace(database), "a title")
    await database.write(asked, request={"of": "another version"})
    assert await database.write(claim, CLAIMER, tuple(ReviewKind), 1, bus=MemoryBus()) == []
    assert await counted(database) == {"failed": 1}


async def test_an_end_that_is_written_twice_is_counted_once(database: Database) -> None:
    one = await claimed_one(database, "a title")
    await service.run(one, desk_on(database))
    with pytest.raises(LostFenceError):
        await service.stop(one, desk_on(database))
    assert await counted(database) == {"completed": 1}


async def test_the_seconds_of_a_run_are_in_its_day(database: Database) -> None:
    one = await claimed_one(database, "a title")
    await database.write(asked, started_at=clock.now() - timedelta(hours=1))
    await service.run(one, desk_on(database))
    [day] = await database.read(lambda session: session.scalars(select(ReviewDay)).all())
    assert 3600 <= day.seconds < 3700
