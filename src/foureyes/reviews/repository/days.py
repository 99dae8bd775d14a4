"""Counts by day: added up in the transaction that ends a review, so that charts never count rows of reviews."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from foureyes.models.reviews import Review, ReviewDay

_KEY = ("workspace_id", "day", "kind", "status")
_SEVERITIES = ("critical", "high", "medium", "low")


def count_ended(session: Session, review: Review, *, at: datetime) -> None:
    """Add a review that has just ended to its day (UTC), under the status that it has now."""
    postgres = session.connection().dialect.name == "postgresql"
    added = _added(review)
    key = {"workspace_id": review.workspace_id, "day": at.date(), "kind": review.kind, "status": review.status}
    insert = (postgresql.insert if postgres else sqlite.insert)(ReviewDay).values(**key, **added)
    columns = ReviewDay.__table__.columns
    session.execute(
        insert.on_conflict_do_update(
            index_elements=list(_KEY), set_={name: columns[name] + insert.excluded[name] for name in added}
        )
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
