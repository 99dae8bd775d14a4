"""SQL of outcomes: findings and ledger of a review, and what it has cost."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from foureyes.llm.port import Usage
from foureyes.models.findings import StoredFinding
from foureyes.models.model_calls import ModelCall
from foureyes.models.reviews import Review, ReviewFile

Row = Mapping[str, Any]


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
