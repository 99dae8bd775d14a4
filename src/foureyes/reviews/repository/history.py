"""Reviews of one workspace, newest first, a page by key."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from foureyes.models.reviews import Review, ReviewKind, ReviewStatus
from foureyes.reviews.repository import search
from foureyes.reviews.repository.search import Span

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
    Review.not_before,
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
    narrowing = list(_narrowing(filters))
    span = _span(filters, before)
    query = select(*_COLUMNS).where(Review.workspace_id == workspace_id, *narrowing, *_within(filters, span))
    if filters.text.strip():
        rows = search.newest(
            session, query, workspace_id, filters.text, span=span, filtered=bool(narrowing), limit=size + 1
        )
    else:
        rows = session.execute(query.order_by(Review.id.desc()).limit(size + 1)).all()
    return Page(rows[:size], rows[size - 1].id if len(rows) > size else None)


def _narrowing(filters: Filters) -> Iterator[ColumnElement[bool]]:
    """What may leave few of very many rows."""
    if filters.statuses:
        yield Review.status.in_(filters.statuses)
    if filters.kind is not None:
        yield Review.kind == filters.kind
    # SQLite takes an index of those that are not empty only where the query says so itself, in so many signs.
    if filters.language:
        yield and_(Review.language == filters.language, Review.language != literal_column("''"))
    if filters.repository:
        yield and_(Review.repository == filters.repository, Review.repository != literal_column("''"))


def _span(filters: Filters, before: UUID | None) -> Span:
    """The time in ids narrows the range of the index that is walked."""
    ends = [] if before is None else [before]
    if filters.created_to is not None:
        ends.append(_first_id(filters.created_to + _SLACK))
    first = None if filters.created_from is None else _first_id(filters.created_from - _SLACK)
    return Span(first, min(ends, default=None))


def _within(filters: Filters, span: Span) -> Iterator[ColumnElement[bool]]:
    """The span, and within it created_at, which decides."""
    if span.first is not None:
        yield Review.id >= span.first
    if span.before is not None:
        yield Review.id < span.before
    if filters.created_from is not None:
        yield Review.created_at >= filters.created_from
    if filters.created_to is not None:
        yield Review.created_at < filters.created_to


def _first_id(moment: datetime) -> UUID:
    """The least uuid7 of a moment."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 7 << 76)
