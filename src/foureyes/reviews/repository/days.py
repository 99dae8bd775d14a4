"""Counts by day: added up in the transaction that ends a review, so that charts never count rows of reviews."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from foureyes.kit.database.base import table_of
from foureyes.models.reviews import Review, ReviewDay

_KEY = ("workspace_id", "day", "kind", "status")
_SEVERITIES = ("critical", "high", "medium", "low")


def count_ended(session: Session, review: Review, *, at: datetime) -> None:
    """Add a review that has just ended to its day (UTC), under the status that it has now."""
    key = {"workspace_id": review.workspace_id, "day": at.date(), "kind": review.kind, "status": review.status}
    connection = session.connection()
    connection.execute(_counted(connection.dialect.name), {**key, **_added(review)})


@cache
def _counted(dialect: str) -> sqlite.Insert | postgresql.Insert:
    """The statement, made once for each dialect: making it takes longer than running it."""
    days = table_of(ReviewDay)
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(days)
    return insert.on_conflict_do_update(
        index_elements=list(_KEY),
        set_={column.name: column + insert.excluded[column.name] for column in days.columns if column.name not in _KEY},
    )


def _added(review: Review) -> dict[str, Any]:
    severities = review.severities or {}
    return {
        "reviews": 1,
        "cached": int(review.cached),
        **{name: int(severities.get(name, 0)) for name in _SEVERITIES},
        "silent": int(not review.findings),
        "input_tokens": review.input_tokens or 0,
        "cached_input_tokens": review.cached_input_tokens or 0,
        "output_tokens": review.output_tokens or 0,
        "cost": review.cost or 0,
        "seconds": review.seconds or 0.0,
    }
