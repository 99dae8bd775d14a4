"""The history: newest first, each review on one page, filters, words, and nothing of another workspace."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from foureyes import models
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.reviews import ReviewKind, ReviewStatus, Trigger
from foureyes.reviews.repository import history, search
from foureyes.reviews.repository.history import Filters, Page
from foureyes.reviews.repository.statistics import ended_by_day, ended_by_kind

SHOP = "https://github.com/acme/web-shop"


@pytest.fixture
async def workspace_id(database: Database) -> UUID:
    return await database.write(add_workspace)


def add_workspace(session: Session) -> UUID:
    made = new_id()
    session.execute(insert(models.Workspace).values(id=made, name="w", personal=True, created_at=clock.now()))
    return made


def add(session: Session, workspace_id: UUID, *reviews: dict[str, Any]) -> list[UUID]:
    made = []
    for columns in reviews:
        at = columns.get("created_at", clock.now())
        key = new_id() if "created_at" not in columns else UUID(int=history._first_id(at).int + 1)
        given = {
            "kind": ReviewKind.REVIEW,
            "trigger": Trigger.REST,
            "status": ReviewStatus.PENDING,
            "request": {"a": 1},
        }
        given |= {"id": key, "workspace_id": workspace_id, "created_at": at, "changed_at": at}
        session.add(models.Review(**given | columns))
        made.append(key)
    return made


def ids(page: Page) -> list[UUID]:
    return [row.id for row in page.rows]


async def found(database: Database, workspace_id: UUID, said: str) -> set[str]:
    page = await database.read(history.page, workspace_id, Filters(text=said))
    return {row.title for row in page.rows}


@pytest.mark.parametrize("said", ["", "word"])
async def test_each_review_is_on_one_page_newest_first(database: Database, workspace_id: UUID, said: str) -> None:
    made = await database.write(add, workspace_id, *({"title": f"word {number}"} for number in range(45)))
    seen, key = [], None
    for expected in (20, 20, 5):
        page = await database.read(history.page, workspace_id, Filters(text=said), before=key)
        assert len(page.rows) == expected
        seen += ids(page)
        key = page.next
    assert seen == made[::-1]
    assert key is None


async def test_a_last_page_that_is_full_has_no_next(database: Database, workspace_id: UUID) -> None:
    await database.write(add, workspace_id, *({} for _ in range(20)))
    assert (await database.read(history.page, workspace_id)).next is None


@pytest.mark.parametrize(("asked", "given"), [(-1, 1), (0, 1), (7, 7), (100, 100), (5000, 100)])
async def test_a_page_has_between_one_and_a_hundred(
    database: Database, workspace_id: UUID, asked: int, given: int
) -> None:
    await database.write(add, workspace_id, *({} for _ in range(101)))
    assert len((await database.read(history.page, workspace_id, size=asked)).rows) == given


async def test_a_row_has_what_a_list_shows_and_not_the_request(database: Database, workspace_id: UUID) -> None:
    await database.write(add, workspace_id, {"title": "Fix it", "severities": {"high": 2}})
    [row] = (await database.read(history.page, workspace_id)).rows
    assert (row.title, row.severities, row.status) == ("Fix it", {"high": 2}, ReviewStatus.PENDING)
    assert "request" not in row._mapping


@pytest.mark.parametrize("said", ["", "mine"])
async def test_nothing_of_another_workspace_is_listed(database: Database, workspace_id: UUID, said: str) -> None:
    await database.write(add, workspace_id, {"title": "mine"})
    other = await database.write(add_workspace)
    assert ids(await database.read(history.page, other, Filters(text=said))) == []


async def test_a_key_of_another_workspace_shows_only_own_reviews(database: Database, workspace_id: UUID) -> None:
    [first] = await database.write(add, workspace_id, {})
    other = await database.write(add_workspace)
    [foreign] = await database.write(add, other, {})
    assert ids(await database.read(history.page, workspace_id, before=foreign)) == [first]


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (Filters(statuses=(ReviewStatus.FAILED,)), [1]),
        (Filters(statuses=(ReviewStatus.FAILED, ReviewStatus.COMPLETED)), [1, 0]),
        (Filters(kind=ReviewKind.DEBUG), [2]),
        (Filters(language="python"), [3, 0]),
        (Filters(repository=SHOP), [3, 2]),
        (Filters(repository=SHOP, language="python"), [3]),
        (Filters(text="gold", kind=ReviewKind.DEBUG), [2]),
        (Filters(text="gold", statuses=(ReviewStatus.COMPLETED,), language="python"), [0]),
        (Filters(language="cobol"), []),
    ],
)
async def test_filters_narrow_the_list(
    database: Database, workspace_id: UUID, filters: Filters, numbers: list[int]
) -> None:
    made = await database.write(
        add,
        workspace_id,
        {"status": ReviewStatus.COMPLETED, "language": "python", "title": "gold"},
        {"status": ReviewStatus.FAILED, "language": "go"},
        {"kind": ReviewKind.DEBUG, "repository": SHOP, "title": "Golden"},
        {"repository": SHOP, "language": "python"},
    )
    assert ids(await database.read(history.page, workspace_id, filters)) == [made[number] for number in numbers]


async def test_dates_take_the_first_moment_and_leave_the_last_out(database: Database, workspace_id: UUID) -> None:
    first = datetime(2026, 5, 1, tzinfo=UTC)
    days = [{"created_at": first + timedelta(days=day)} for day in range(4)]
    made = await database.write(add, workspace_id, *days)
    filters = Filters(created_from=first + timedelta(days=1), created_to=first + timedelta(days=3))
    assert ids(await database.read(history.page, workspace_id, filters)) == [made[2], made[1]]


@pytest.mark.parametrize(
    ("said", "titles"),
    [
        ("invoice", {"Fix the invoice_total"}),
        ("INV", {"Fix the invoice_total"}),
        ("total fix", {"Fix the invoice_total"}),
        ("voice", set()),
        ("web-shop", {"In the shop"}),
        ("github acme", {"In the shop"}),
        ("leak", {"Quiet"}),
        ("größe", {"Größe ändern"}),
        ("счёт", {"Счёт исправлен"}),
        ("fix leak", set()),
        ("...", set()),
    ],
)
async def test_each_word_begins_a_word_of_title_repository_or_headline(
    database: Database, workspace_id: UUID, said: str, titles: set[str]
) -> None:
    await database.write(
        add,
        workspace_id,
        {"title": "Fix the invoice_total"},
        {"title": "In the shop", "repository": SHOP},
        {"title": "Quiet", "headline": "One memory leak."},
        {"title": "Größe ändern"},
        {"title": "Счёт исправлен"},
    )
    assert await found(database, workspace_id, said) == titles


@pytest.mark.parametrize(
    "said", ['"', "'", "a* OR b*", "NEAR(", "title:", "a:* & !b", "\\", "x" * 5000, "\x00", "-1 ^ {", "a " * 500]
)
async def test_a_search_is_never_an_error(database: Database, workspace_id: UUID, said: str) -> None:
    await database.write(add, workspace_id, {"title": "quite another"})
    assert await found(database, workspace_id, said) in (set(), {"quite another"})


async def test_words_follow_the_row(database: Database, workspace_id: UUID) -> None:
    [key] = await database.write(add, workspace_id, {"title": "before"})
    change = update(models.Review).where(models.Review.id == key).values(title="after", headline="news")
    await database.write(lambda session: session.execute(change))
    assert await found(database, workspace_id, "before") == set()
    assert await found(database, workspace_id, "after news") == {"after"}
    await database.write(lambda session: session.execute(text("DELETE FROM reviews")))
    assert await found(database, workspace_id, "after") == set()


async def test_reviews_of_one_moment_are_all_found(database: Database, workspace_id: UUID) -> None:
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    same = [UUID(int=history._first_id(moment).int + number) for number in range(8)]
    made = [{"id": key, "title": f"twin {number}", "created_at": moment} for number, key in enumerate(same)]
    await database.write(add, workspace_id, *made)
    assert len(await found(database, workspace_id, "twin")) == 8


async def test_a_rare_word_is_found_behind_many_reviews(database: Database, workspace_id: UUID) -> None:
    await database.write(add, workspace_id, {"title": "needle"}, *({"title": "hay"} for _ in range(search._WINDOW + 1)))
    assert await found(database, workspace_id, "needle") == {"needle"}


WORDS = ("needle", "NEED", "größe", "grosse", "счет", "shop", "edle", "red need", "red x", "1", "²", "naive", "x_need")


@pytest.mark.parametrize("said", WORDS)
async def test_words_and_rare_filters_find_the_same_however_they_are_walked(
    database: Database, workspace_id: UUID, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    titles = ("Needle red", "Größe", "Счёт", "in/the-shop", "naïve x²", "x_needle 1", "red needles", "NEEDLE İx")
    await database.write(add, workspace_id, *({"title": one, "language": "cobol"} for one in titles))
    filters = Filters(text=said, language="cobol")
    whole = ids(await database.read(history.page, workspace_id, filters))
    monkeypatch.setattr(search, "_MATCHES", 1)
    monkeypatch.setattr(search, "_WINDOW", 1)
    assert ids(await database.read(history.page, workspace_id, filters)) == whole
    monkeypatch.setattr(search, "_MOST_READ", 1)
    assert ids(await database.read(history.page, workspace_id, filters)) == whole


async def test_the_newest_matches_are_told_when_the_rows_are_walked(database: Database, workspace_id: UUID) -> None:
    await database.write(add, workspace_id, *({"title": "hay"} for _ in range(search._MATCHES + 1)))
    made = await database.write(add, workspace_id, *({"title": "hay", "language": "cobol"} for _ in range(5)))
    await database.write(add, workspace_id, *({"title": "hay"} for _ in range(search._MATCHES + 1)))
    page = await database.read(history.page, workspace_id, Filters(text="hay", language="cobol"), size=3)
    assert ids(page) == made[:1:-1]
    rest = await database.read(history.page, workspace_id, Filters(text="hay", language="cobol"), before=page.next)
    assert (ids(rest), rest.next) == (made[1::-1], None)


async def test_words_of_some_days_are_found_in_these_alone(database: Database, workspace_id: UUID) -> None:
    first = datetime(2026, 5, 1, tzinfo=UTC)
    days = [{"created_at": first + timedelta(days=day), "title": "hay"} for day in range(4)]
    made = await database.write(add, workspace_id, *days)
    filters = Filters(text="hay", created_from=first + timedelta(days=1), created_to=first + timedelta(days=3))
    assert ids(await database.read(history.page, workspace_id, filters)) == [made[2], made[1]]
    assert ids(await database.read(history.page, workspace_id, filters, before=made[2])) == [made[1]]


async def test_days_are_counted_from_the_first_to_the_last(database: Database, workspace_id: UUID) -> None:
    def add_days(session: Session) -> None:
        for day in (3, 1, 2, 4):
            session.add(
                models.ReviewDay(
                    workspace_id=workspace_id,
                    day=date(2026, 5, day),
                    kind=ReviewKind.REVIEW,
                    status=ReviewStatus.COMPLETED,
                    reviews=day,
                )
            )

    await database.write(add_days)
    rows = await database.read(ended_by_day, workspace_id, date(2026, 5, 2), date(2026, 5, 3))
    assert [(row.day.day, row.reviews, row.completed, row.failed) for row in rows] == [(2, 2, 2, 0), (3, 3, 3, 0)]
    [kind] = await database.read(ended_by_kind, workspace_id, date(2026, 5, 2), date(2026, 5, 3))
    assert (kind.kind, kind.status, kind.reviews) == (ReviewKind.REVIEW, ReviewStatus.COMPLETED, 5)
    other = await database.write(add_workspace)
    assert await database.read(ended_by_day, other, date(2026, 1, 1), date(2026, 12, 31)) == []
