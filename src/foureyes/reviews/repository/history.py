"""Reviews of one workspace, newest first, a page by key; and what ended on each day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from foureyes.models.reviews import Review, ReviewDay, ReviewKind, ReviewStatus
from foureyes.reviews.repository import search

PAGE, LONGEST_PAGE = 20, 100
# Ids are made just before their rows.
_SLACK = timedelta(hours=1)

# What a list shows: a request can be a hundred times as long as the rest of its row.
_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    Review.id,
    Review.kind,
    Review.trigger,
    Review.status,
    Review.user_id,
    Review.title,
    Review.repository,
    Review.language,
    Review.line,
    Review.stage,
    Review.done,
    Review.total,
    Review.error_code,
    Review.error,
    Review.verdict,
    Review.headline,
    Review.findings,
    Review.severities,
    Review.model,
    Review.input_tokens,
    Review.output_tokens,
    Review.cost,
    Review.cached,
    Review.superseded_by,
    Review.created_at,
    Review.started_at,
    Review.finished_at,
    Review.seconds,
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. `text` are words that begin words of title, repository or headline: all of them."""

    statuses: Sequence[ReviewStatus] = ()
    kind: ReviewKind | None = None
    language: str = ""
    repository: str = ""
    text: str = ""
    created_from: datetime | None = None
    created_to: datetime | None = None
    """The moment itself is left out."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows with the columns that a list shows. `next` is the key of the page after this one; None: it is the last."""

    rows: Sequence[Row[Any]]
    next: UUID | None


def page(
    session: Session,
    workspace_id: UUID,
    filters: Filters | None = None,
    *,
    before: UUID | None = None,
    size: int = PAGE,
) -> Page:
    """The newest reviews of one workspace, or the newest of those before the key `before`."""
    size = max(1, min(size, LONGEST_PAGE))
    filters = filters or Filters()
    conditions = [Review.workspace_id == workspace_id, *_conditions(filters)]
    if before is not None:
        conditions.append(Review.id < before)
    query = select(*_COLUMNS).where(*conditions)
    if filters.text.strip():
        rows = search.newest(session, query, workspace_id, filters.text, before=before, limit=size + 1)
    else:
        rows = session.execute(query.order_by(Review.id.desc()).limit(size + 1)).all()
    return Page(rows[:size], rows[size - 1].id if len(rows) > size else None)


def day_counts(session: Session, workspace_id: UUID, first: date, last: date) -> Sequence[Row[Any]]:
    """What ended on each day from `first` to `last`, both included: rows of `ReviewDay`, in the order of days."""
    return session.execute(
        select(*ReviewDay.__table__.columns)
        .where(ReviewDay.workspace_id == workspace_id, ReviewDay.day >= first, ReviewDay.day <= last)
        .order_by(ReviewDay.day)
    ).all()


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.statuses:
        yield Review.status.in_(filters.statuses)
    if filters.kind is not None:
        yield Review.kind == filters.kind
    # SQLite takes an index of those that are not empty only where the query says so itself, in so many signs.
    if filters.language:
        yield and_(Review.language == filters.language, Review.language != literal_column("''"))
    if filters.repository:
        yield and_(Review.repository == filters.repository, Review.repository != literal_column("''"))
    # The time in ids narrows the range of the index that is walked; created_at decides.
    if filters.created_from is not None:
        yield Review.created_at >= filters.created_from
        yield Review.id >= _first_id(filters.created_from - _SLACK)
    if filters.created_to is not None:
        yield Review.created_at < filters.created_to
        yield Review.id < _first_id(filters.created_to + _SLACK)


def _first_id(moment: datetime) -> UUID:
    """The least uuid7 of a moment."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 7 << 76)
