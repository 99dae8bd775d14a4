"""SQL of single reviews: found for whoever may see them, held for a change, written down in the feed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from foureyes.errors import NotFoundError
from foureyes.kit.database.base import table_of
from foureyes.models.events import Event
from foureyes.models.reviews import Review, ReviewFile, StatusChange

# Of the table and not of its class, and made once: through the class it takes three times as long.
_HAPPENED = insert(table_of(Event))


def find(session: Session, review_id: UUID, workspaces: Collection[UUID]) -> Review:
    """The review, where it is of one of these workspaces.

    Raises:
        NotFoundError: there is none, or it is of another workspace: the answer is the same.
    """
    return _found(session, review_id, workspaces, held=False)


def hold(session: Session, review_id: UUID, workspaces: Collection[UUID]) -> Review:
    """As `find`, and nobody else changes it before this transaction ends."""
    return _found(session, review_id, workspaces, held=True)


def _found(session: Session, review_id: UUID, workspaces: Collection[UUID], *, held: bool) -> Review:
    query = select(Review).where(Review.id == review_id, Review.workspace_id.in_(workspaces))
    review = session.scalar(query.with_for_update() if held else query)
    if review is None:
        raise NotFoundError("review")
    return review


def changes_of(session: Session, review: Review) -> Sequence[StatusChange]:
    """Every status that a review has had, the first one first."""
    query = select(StatusChange).where(StatusChange.review_id == review.id).order_by(StatusChange.id)
    return session.scalars(query).all()


def ledger_of(session: Session, review: Review) -> Sequence[ReviewFile]:
    """What became of each file."""
    return session.scalars(
        select(ReviewFile)
        .where(ReviewFile.review_id == review.id, ReviewFile.workspace_id == review.workspace_id)
        .order_by(ReviewFile.position)
    ).all()


def happened(session: Session, event_id: UUID) -> bool:
    """Whether this event is in the feed: then the work that writes it was done, and its answer was lost."""
    return session.get(Event, event_id) is not None


def add_event(
    session: Session,
    event_id: UUID,
    review: Review,
    verb: str,
    *,
    user_id: UUID | None,
    at: datetime,
    facts: Mapping[str, JsonValue] | None = None,
) -> None:
    """Write down in the feed of its workspace what was done with a review."""
    session.connection().execute(
        _HAPPENED,
        {
            "id": event_id,
            "workspace_id": review.workspace_id,
            "user_id": user_id,
            "verb": verb,
            "review_id": review.id,
            "facts": {"kind": review.kind, "title": review.title, **(facts or {})},
            "at": at,
        },
    )
