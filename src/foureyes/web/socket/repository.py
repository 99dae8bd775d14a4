"""The one question that a subscription asks of the store."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from foureyes.models.reviews import Review


def workspace_of(session: Session, review_id: UUID, workspaces: Collection[UUID]) -> UUID | None:
    """The workspace of a review, where it is one of `workspaces`."""
    wanted = select(Review.workspace_id).where(Review.id == review_id, Review.workspace_id.in_(workspaces))
    return session.scalar(wanted)
