"""SQL of outcomes: findings and ledger of a review, what it has cost, and what ended on its day."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from foureyes.llm.port import Usage
from foureyes.models.findings import StoredFinding
from foureyes.models.model_calls import ModelCall
from foureyes.models.reviews import Review, ReviewDay, ReviewFile, ReviewStatus

Row = Mapping[str, Any]
_GRADES = ("critical", "high", "medium", "low")


def spent_on(session: Session, review_id: UUID) -> Usage:
    """What all calls for a review used, over all its claims. No cost where there was no call, or no price for one."""
    calls, priced, *tokens, cost = session.execute(
        select(
            func.count(),
            func.count(ModelCall.cost),
            func.coalesce(func.sum(ModelCall.input_tokens), 0),
            func.coalesce(func.sum(ModelCall.cached_input_tokens), 0),
            func.coalesce(func.sum(ModelCall.output_tokens), 0),
            func.coalesce(func.sum(ModelCall.cost), 0),
        ).where(ModelCall.review_id == review_id)
    ).one()
    # PostgreSQL adds whole numbers up to decimal ones.
    counts = [int(count or 0) for count in tokens]
    return Usage(counts[0], counts[1], counts[2], int(cost or 0) if calls and priced == calls else None, calls)


def put_findings(session: Session, review: Review, rows: Sequence[Row], *, at: datetime) -> None:
    """Write the findings of a review; those of an earlier run of it go."""
    session.execute(delete(StoredFinding).where(StoredFinding.review_id == review.id))
    whose = {"workspace_id": review.workspace_id, "review_id": review.id, "created_at": at}
    if rows:
        session.execute(insert(StoredFinding), [dict(row) | whose for row in rows])


def put_files(session: Session, review: Review, rows: Sequence[Row]) -> None:
    """Write the ledger of a review; that of an earlier run of it goes."""
    session.execute(delete(ReviewFile).where(ReviewFile.review_id == review.id))
    whose = {"workspace_id": review.workspace_id, "review_id": review.id}
    if rows:
        session.execute(insert(ReviewFile), [dict(row) | whose for row in rows])


def count_day(session: Session, review: Review, *, at: datetime) -> None:
    """Add a review that is completed at this moment to the counts of its day."""
    key = {
        "workspace_id": review.workspace_id,
        "day": at.date(),
        "kind": review.kind,
        "status": ReviewStatus.COMPLETED,
    }
    postgres = session.get_bind().dialect.name == "postgresql"
    new_row = postgresql.insert(ReviewDay) if postgres else sqlite.insert(ReviewDay)
    session.execute(new_row.values(**key).on_conflict_do_nothing())
    graded = {grade: getattr(ReviewDay, grade) + review.severities.get(grade, 0) for grade in _GRADES}
    session.execute(
        update(ReviewDay)
        .filter_by(**key)
        .values(
            reviews=ReviewDay.reviews + 1,
            cached=ReviewDay.cached + int(review.cached),
            silent=ReviewDay.silent + int(not review.findings),
            input_tokens=ReviewDay.input_tokens + review.input_tokens,
            cached_input_tokens=ReviewDay.cached_input_tokens + review.cached_input_tokens,
            output_tokens=ReviewDay.output_tokens + review.output_tokens,
            cost=ReviewDay.cost + (review.cost or 0),
            seconds=ReviewDay.seconds + _seconds(review, at),
            **graded,
        )
    )


def _seconds(review: Review, at: datetime) -> float:
    return max(0.0, (at - review.started_at).total_seconds()) if review.started_at else 0.0
