"""The words between a worker and a child that carries reviews out: handed over by line, answered by line."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from worker_world import PATIENCE, program

from foureyes.kit.bus import MemoryBus, News
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.reviews import ReviewKind, ReviewStatus
from foureyes.runs.repository.claims import Claimer, claim
from foureyes.worker.child import PipeBus, Word
from stores import open_store, store_url
from submitted import changed, row, submitted, workspace

Child = asyncio.subprocess.Process


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_store("sqlite", tmp_path) as database:
        yield database


@pytest.fixture
async def child(store: Database, tmp_path: Path) -> AsyncIterator[Child]:
    pipe = asyncio.subprocess.PIPE
    arguments = [*program(store_url("sqlite", tmp_path)), "alone"]
    started = await asyncio.create_subprocess_exec(
        *arguments, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env=dict(os.environ)
    )
    yield started
    if started.returncode is None:
        started.kill()
    await started.communicate()


async def claimed(database: Database, *titles: str) -> list[tuple[UUID, int]]:
    await submitted(database, await workspace(database), *titles)
    claimer = Claimer(new_id(), timedelta(minutes=5), 100)
    found = await database.write(claim, claimer, tuple(ReviewKind), 50, bus=MemoryBus())
    return [(one.review_id, one.fence) for one in found]


def hand(child: Child, review_id: UUID, fence: int) -> None:
    assert child.stdin is not None
    child.stdin.write(f"{review_id} {fence}\n".encode())


async def said(child: Child, *, until: Word) -> list[object]:
    """All lines up to this word, decoded."""
    lines: list[object] = []
    assert child.stdout is not None
    async with asyncio.timeout(PATIENCE):
        while until not in lines:
            lines.append(json.loads(await child.stdout.readline()))
    return lines


async def test_a_child_says_when_it_begins_and_when_it_has_settled(store: Database, child: Child) -> None:
    [held] = await claimed(store, "a title")
    hand(child, *held)
    lines = await said(child, until=Word.SETTLED)
    assert (lines[0], lines[-1]) == ("begun", "settled")
    assert (await row(store, held[0])).status is ReviewStatus.COMPLETED


async def test_its_news_are_between_the_words(store: Database, child: Child) -> None:
    [held] = await claimed(store, "steps 3; wait 0.3")
    hand(child, *held)
    news = [line for line in await said(child, until=Word.SETTLED) if isinstance(line, dict)]
    assert news
    assert all(line.keys() == {"topics", "type", "facts"} for line in news)


async def test_it_carries_out_what_it_was_handed_in_that_order(store: Database, child: Child) -> None:
    first, second = await claimed(store, "wait 0.2", "a title")
    hand(child, *first)
    hand(child, *second)
    await said(child, until=Word.SETTLED)
    assert (await row(store, second[0])).status is ReviewStatus.PROCESSING
    await said(child, until=Word.SETTLED)
    assert (await row(store, second[0])).status is ReviewStatus.COMPLETED


async def test_a_review_of_another_fence_is_not_touched(store: Database, child: Child) -> None:
    [(review_id, fence)] = await claimed(store, "a title")
    hand(child, review_id, fence + 1)
    assert await said(child, until=Word.SETTLED) == ["begun", "settled"]
    assert (await row(store, review_id)).status is ReviewStatus.PROCESSING


async def test_a_failure_is_settled_like_everywhere_and_ends_no_child(store: Database, child: Child) -> None:
    failing, good = await claimed(store, "refuse", "a title")
    hand(child, *failing)
    await said(child, until=Word.SETTLED)
    assert (await row(store, failing[0])).status is ReviewStatus.FAILED
    hand(child, *good)
    await said(child, until=Word.SETTLED)
    assert child.returncode is None


@pytest.mark.parametrize("title", ["block 60", "wait 60"])
async def test_it_ends_with_its_input_whatever_it_is_doing(store: Database, child: Child, title: str) -> None:
    [held] = await claimed(store, title)
    hand(child, *held)
    await said(child, until=Word.BEGUN)
    assert child.stdin is not None
    child.stdin.close()
    await asyncio.wait_for(child.wait(), PATIENCE)
    await changed(store, held[0], title="still there")
    assert (await row(store, held[0])).status is ReviewStatus.PROCESSING


async def test_news_are_one_line_of_json_each() -> None:
    out = BytesIO()
    review_id = new_id()
    await PipeBus(out).publish(News(("review:1",), "review.progress", {"text": "two\nlines", "id": str(review_id)}))
    [line] = out.getvalue().splitlines()
    assert json.loads(line)["facts"] == {"text": "two\nlines", "id": str(review_id)}


async def test_nobody_hears_anything_in_a_child() -> None:
    async with PipeBus(BytesIO()).listen() as heard:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(heard), 0.05)
