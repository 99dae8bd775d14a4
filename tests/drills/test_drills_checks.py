"""What the database says after a drill, counted on rows that were made up."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from drills.checks import finished, truth
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models import CachedAnswer, ModelCall, StatusChange
from foureyes.models.reviews import ReviewStatus
from stores import open_store, store_url
from submitted import changed, submitted, workspace


@pytest.fixture
def url(tmp_path: Path) -> str:
    return store_url("sqlite", tmp_path)


@pytest.fixture
async def store(tmp_path: Path):  # noqa: ANN201
    async with open_store("sqlite", tmp_path) as database:
        yield database


async def ended(database: Database, review_id: UUID, status: ReviewStatus, *, times: int = 1) -> None:
    await changed(database, review_id, status=status)

    def tell(session: Session) -> None:
        for _ in range(times):
            session.add(StatusChange(id=new_id(), review_id=review_id, status=status, fence=1, at=clock.now()))

    await database.write(tell)


async def test_what_completed_once_is_neither_lost_nor_doubled(store: Database, url: str) -> None:
    [review] = await submitted(store, await workspace(store), "a title")
    await ended(store, review, ReviewStatus.COMPLETED)
    found = await truth(url, [str(review)])
    assert (found.lost, found.surplus, found.completed_twice, found.bought_twice) == (0, 0, 0, 0)
    assert found.statuses == {"completed": 1}


async def test_what_is_not_there_failed_or_goes_on_is_lost(store: Database, url: str) -> None:
    waiting, failed = await submitted(store, await workspace(store), "one", "two")
    await ended(store, failed, ReviewStatus.FAILED)
    assert (await truth(url, [str(waiting), str(failed), str(new_id())])).lost == 3


async def test_what_was_to_fail_is_lost_when_it_completes(store: Database, url: str) -> None:
    first, second = await submitted(store, await workspace(store), "one", "two")
    await ended(store, first, ReviewStatus.FAILED)
    await ended(store, second, ReviewStatus.COMPLETED)
    ids = [str(first), str(second)]
    assert (await truth(url, ids, failed=ids)).lost == 1


async def test_a_result_that_was_written_twice_is_counted(store: Database, url: str) -> None:
    [review] = await submitted(store, await workspace(store), "a title")
    await ended(store, review, ReviewStatus.COMPLETED, times=2)
    assert (await truth(url, [str(review)])).completed_twice == 1


async def test_a_row_that_nobody_was_told_of_is_surplus(store: Database, url: str) -> None:
    told, _ = await submitted(store, await workspace(store), "one", "two")
    assert (await truth(url, [str(told)])).surplus == 1


@pytest.mark.parametrize(("after", "bought"), [(timedelta(seconds=1), 1), (timedelta(seconds=-1), 0)])
async def test_a_call_after_its_answer_was_stored_was_bought_twice(
    store: Database, url: str, after: timedelta, bought: int
) -> None:
    place, at = await workspace(store), clock.now()
    call = ModelCall(
        id=new_id(), workspace_id=place, fence=1, purpose="review", model="m", outcome="answered", key="k", attempt=1,
        input_tokens=1, cached_input_tokens=0, cache_written_tokens=0, output_tokens=1, cost=1,
        started_at=at + after, seconds=1.0,
    )  # fmt: skip
    stored = CachedAnswer(workspace_id=place, key="k", answer=b"", created_at=at, expires_at=at)
    await store.write(lambda session: session.add_all([call, stored]))
    assert (await truth(url, [])).bought_twice == bought


async def test_waiting_ends_when_all_have_ended_or_the_time_is_over(store: Database, url: str) -> None:
    [review] = await submitted(store, await workspace(store), "a title")
    assert not await finished(url, [str(review)], within=0.3)
    await ended(store, review, ReviewStatus.CANCELLED)
    assert await finished(url, [str(review)], within=5)
