"""SQL of a workspace's numbers: open ones counted, ended ones read from their days, times from the newest runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Row, Select, SQLColumnExpression, case, cast, func, select
from sqlalchemy.orm import Session

from foureyes.models.reviews import Review, ReviewDay, ReviewKind, ReviewStatus
from foureyes.reviews.states import OPEN

NEWEST = 1_000
"""So many of the newest completed reviews tell how long one takes: what it costs to ask does not grow."""

_COUNTS = (
    *("reviews", "cached", "silent", "critical", "high", "medium", "low"),
    *("cost", "input_tokens", "cached_input_tokens", "output_tokens"),
)


@dataclass(frozen=True, slots=True)
class OpenOfKind:
    kind: ReviewKind
    status: ReviewStatus
    count: int


def open_of_workspace(session: Session, workspace_id: UUID) -> list[OpenOfKind]:
    """What is not over, by kind and status."""
    found = session.execute(
        select(Review.kind, Review.status, func.count())
        .where(Review.workspace_id == workspace_id, Review.status.in_(sorted(OPEN)))
        .group_by(Review.kind, Review.status)
    )
    return [OpenOfKind(*row) for row in found]


def ended_by_day(session: Session, workspace_id: UUID, first: date, last: date) -> Sequence[Row[Any]]:
    """What ended on each day from `first` to `last`, both included: rows of sums, in the order of days.

    They are added up in the database: to fetch a row for each kind and status takes ten times as long.
    """
    sums = {
        "reviews": ReviewDay.reviews,
        "completed": case((ReviewDay.status == ReviewStatus.COMPLETED, ReviewDay.reviews), else_=0),
        "failed": case((ReviewDay.status == ReviewStatus.FAILED, ReviewDay.reviews), else_=0),
        "findings": ReviewDay.critical + ReviewDay.high + ReviewDay.medium + ReviewDay.low,
        "cost": ReviewDay.cost,
        "tokens": ReviewDay.input_tokens + ReviewDay.output_tokens,
    }
    query = select(ReviewDay.day, *_sums(sums), func.sum(ReviewDay.seconds).label("seconds"))
    ended = _between(query, workspace_id, first, last)
    return session.execute(ended.group_by(ReviewDay.day).order_by(ReviewDay.day)).all()


def ended_by_kind(session: Session, workspace_id: UUID, first: date, last: date) -> Sequence[Row[Any]]:
    """The same without days: rows of sums for each kind and status, named as the columns of `ReviewDay` are."""
    query = select(ReviewDay.kind, ReviewDay.status, *_sums({name: getattr(ReviewDay, name) for name in _COUNTS}))
    return session.execute(_between(query, workspace_id, first, last).group_by(ReviewDay.kind, ReviewDay.status)).all()


def _sums(columns: Mapping[str, SQLColumnExpression[Any]]) -> list[ColumnElement[int]]:
    # The sum of large integers is a decimal on PostgreSQL.
    return [cast(func.sum(column), BigInteger).label(name) for name, column in columns.items()]


def _between(query: Select[*tuple[Any, ...]], workspace_id: UUID, first: date, last: date) -> Select[*tuple[Any, ...]]:
    return query.where(ReviewDay.workspace_id == workspace_id, ReviewDay.day >= first, ReviewDay.day <= last)


def newest_seconds(session: Session, workspace_id: UUID, *, since: datetime) -> Sequence[float]:
    """How long the newest completed runs took, in rising order; what was answered from the cache is no run."""
    newest = (
        select(Review.seconds, Review.cached, Review.finished_at)
        .where(Review.workspace_id == workspace_id, Review.status == ReviewStatus.COMPLETED)
        .order_by(Review.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    found = session.scalars(
        select(newest.c.seconds).where(
            newest.c.cached.is_(False), newest.c.finished_at >= since, newest.c.seconds.is_not(None)
        )
    )
    return sorted(found)
