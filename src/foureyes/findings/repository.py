"""SQL of findings and of what people say of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from foureyes.errors import NotFoundError
from foureyes.models.findings import Feedback, FeedbackWord, StoredFinding


def of_review(session: Session, workspace_id: UUID, review_id: UUID) -> Sequence[StoredFinding]:
    """The findings of a review, the worst first, those that are not shown among them."""
    return session.scalars(
        select(StoredFinding)
        .where(StoredFinding.review_id == review_id, StoredFinding.workspace_id == workspace_id)
        .order_by(StoredFinding.position)
    ).all()


def find(session: Session, finding_id: UUID, workspaces: Collection[UUID]) -> StoredFinding:
    """The finding, where it is of one of these workspaces.

    Raises:
        NotFoundError: there is none, or it is of another workspace: the answer is the same.
    """
    query = select(StoredFinding).where(StoredFinding.id == finding_id, StoredFinding.workspace_id.in_(workspaces))
    finding = session.scalar(query)
    if finding is None:
        raise NotFoundError("finding")
    return finding


def feedback_of_review(session: Session, workspace_id: UUID, review_id: UUID) -> Sequence[Feedback]:
    """What people have said of the findings of a review, the first words first."""
    return session.scalars(
        select(Feedback)
        .join(StoredFinding, StoredFinding.id == Feedback.finding_id)
        .where(StoredFinding.review_id == review_id, Feedback.workspace_id == workspace_id)
        .order_by(Feedback.id)
    ).all()


def feedback_of(session: Session, finding: StoredFinding) -> Sequence[Feedback]:
    """What people have said of one finding."""
    query = select(Feedback).where(Feedback.finding_id == finding.id, Feedback.workspace_id == finding.workspace_id)
    return session.scalars(query.order_by(Feedback.id)).all()


def say(
    session: Session,
    feedback_id: UUID,
    finding: StoredFinding,
    word: FeedbackWord,
    *,
    user_id: UUID,
    reason: str,
    at: datetime,
) -> None:
    """Keep one person's word; it takes the place of their earlier answer to the same question."""
    postgres = session.connection().dialect.name == "postgresql"
    insert = (postgresql.insert if postgres else sqlite.insert)(Feedback).values(
        id=feedback_id,
        workspace_id=finding.workspace_id,
        finding_id=finding.id,
        user_id=user_id,
        question=word.question,
        word=word,
        reason=reason,
        at=at,
    )
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["finding_id", "user_id", "question"],
            set_={name: insert.excluded[name] for name in ("word", "reason", "at")},
        )
    )


def take_back(session: Session, finding: StoredFinding, *, user_id: UUID, question: str | None) -> None:
    """Remove what one person has said of a finding, wholly or to one question."""
    statement = delete(Feedback).where(
        Feedback.finding_id == finding.id,
        Feedback.workspace_id == finding.workspace_id,
        Feedback.user_id == user_id,
    )
    if question is not None:
        statement = statement.where(Feedback.question == question)
    session.execute(statement)
