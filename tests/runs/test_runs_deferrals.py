"""Reviews that wait for a provider: one tries, and when it is answered the others are woken."""

from datetime import timedelta
from uuid import UUID

import pytest

from foureyes import errors
from foureyes.errors import FoureyesError, ModelUnavailableError
from foureyes.kit import clock
from foureyes.kit.bus import MemoryBus
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.llm.port import AttemptOutcome
from foureyes.models import ModelCall
from foureyes.models.reviews import ReviewKind, ReviewStatus
from foureyes.queue.port import MemoryQueue
from foureyes.runs.port import Claimed
from foureyes.runs.repository.claims import Claimer, claim
from foureyes.runs.repository.deferrals import UNAVAILABLE, WOKEN, is_awaited, probe, wake
from foureyes.runs.repository.endings import complete
from foureyes.runs.scripted import ScriptedOutcome
from submitted import changed, row, rows, submitted, workspace

KINDS = tuple(ReviewKind)
FAR = timedelta(hours=1)


async def put_off(
    database: Database, count: int = 1, *, code: str = "model-overloaded", kind: ReviewKind = ReviewKind.REVIEW
) -> list[UUID]:
    ids = await submitted(database, await workspace(database), *["a title"] * count, kind=kind)
    for number, review_id in enumerate(ids):
        until = clock.now() + FAR + timedelta(seconds=number)
        await changed(database, review_id, status=ReviewStatus.DEFERRED, error_code=code, deferrals=1, not_before=until)
    return ids


async def due(database: Database, ids: list[UUID]) -> list[UUID]:
    """Those that may be claimed now."""
    soon = clock.now() + timedelta(minutes=1)
    return [review.id for review in await rows(database, ids) if review.not_before and review.not_before < soon]


async def claimed(database: Database) -> Claimed:
    await submitted(database, await workspace(database), "a title")
    claimer = Claimer(new_id(), timedelta(seconds=30), 100)
    [one] = await database.write(claim, claimer, KINDS, 1, bus=MemoryBus())
    return one


async def called(database: Database, one: Claimed, outcome: AttemptOutcome, *, fence: int | None = None) -> None:
    call = ModelCall(
        id=new_id(), workspace_id=one.workspace_id, review_id=one.review_id, fence=fence or one.fence,
        purpose="review", model="m", outcome=outcome, key="k", attempt=1, input_tokens=1, cached_input_tokens=0,
        cache_written_tokens=0, output_tokens=1, cost=1, started_at=clock.now(), seconds=1.0,
    )  # fmt: skip
    await database.write(lambda session: session.add(call))


async def test_one_review_tries_whether_the_provider_is_back(database: Database) -> None:
    ids = await put_off(database, 3)
    [(tried, kind)] = await database.write(probe, KINDS)
    assert kind is ReviewKind.REVIEW
    assert await due(database, ids) == [tried]


async def test_while_one_tries_no_other_does(database: Database) -> None:
    ids = await put_off(database, 3)
    await database.write(probe, KINDS)
    assert not await database.read(is_awaited, KINDS)
    assert await database.write(probe, KINDS) == []
    await changed(database, (await due(database, ids))[0], status=ReviewStatus.PROCESSING)
    assert await database.write(probe, KINDS) == []


async def test_the_one_that_has_tried_least_tries_next(database: Database) -> None:
    first, second = await put_off(database, 2)
    await changed(database, first, deferrals=5)
    assert await database.write(probe, KINDS) == [(second, ReviewKind.REVIEW)]


@pytest.mark.parametrize("code", ["model-rate-limit", "model-server", "model-timeout", "remote-unavailable"])
async def test_nobody_tries_what_trying_could_make_worse_or_another_is_to_blame_for(
    database: Database, code: str
) -> None:
    await put_off(database, code=code)
    assert not await database.read(is_awaited, KINDS)


async def test_a_worker_lets_only_its_own_kinds_try(database: Database) -> None:
    await put_off(database, kind=ReviewKind.DEBUG)
    assert await database.write(probe, (ReviewKind.REVIEW,)) == []
    assert len(await database.write(probe, (ReviewKind.DEBUG,))) == 1


@pytest.mark.parametrize("code", UNAVAILABLE)
async def test_an_answered_review_wakes_what_waits_for_models(database: Database, code: str) -> None:
    ids = await put_off(database, 2, code=code)
    one, queue = await claimed(database), MemoryQueue()
    await called(database, one, AttemptOutcome.ANSWERED)
    await database.write(complete, one, ScriptedOutcome("done"), bus=MemoryBus(), queue=queue)
    await database.settled()
    assert await due(database, ids) == ids
    assert {job[0] for job in queue.jobs} == set(ids)


async def test_as_many_are_woken_as_can_do_no_harm_the_next_first(database: Database) -> None:
    ids = await put_off(database, WOKEN + 3)
    one = await claimed(database)
    await called(database, one, AttemptOutcome.ANSWERED)
    await database.write(wake, (one.review_id, one.fence), at=clock.now())
    assert await due(database, ids) == ids[:WOKEN]


@pytest.mark.parametrize(
    ("outcome", "fence"), [(AttemptOutcome.CANCELLED, None), (AttemptOutcome.ANSWERED, 7)], ids=["refused", "earlier"]
)
async def test_who_was_not_answered_in_this_run_wakes_nobody(
    database: Database, outcome: AttemptOutcome, fence: int | None
) -> None:
    ids = await put_off(database)
    one = await claimed(database)
    await called(database, one, outcome, fence=fence)
    assert await database.write(wake, (one.review_id, one.fence), at=clock.now()) == []
    assert await due(database, ids) == []


async def test_what_waits_for_a_forge_is_not_woken_by_a_model(database: Database) -> None:
    [review_id] = await put_off(database, code="remote-unavailable")
    one = await claimed(database)
    await called(database, one, AttemptOutcome.ANSWERED)
    await database.write(wake, (one.review_id, one.fence), at=clock.now())
    review = await row(database, review_id)
    assert review.not_before is not None
    assert review.not_before > clock.now() + FAR / 2


def test_the_codes_are_those_of_errors() -> None:
    leaves = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, FoureyesError)]
    unavailable = [kind("m", "why") for kind in leaves if issubclass(kind, ModelUnavailableError)]
    codes = {error.error_code for error in unavailable if type(error) is not ModelUnavailableError}
    assert codes == set(UNAVAILABLE)
