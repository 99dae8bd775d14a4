"""What people say of findings: one transaction each."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from foureyes.findings import repository
from foureyes.findings.schemas import FeedbackList, FeedbackSaid, FeedbackView
from foureyes.models.findings import StoredFinding
from foureyes.models.workspaces import Role
from foureyes.rest.principal import Principal


@dataclass(frozen=True, slots=True)
class Word:
    """Who speaks of which finding, when. `id` is made outside of the transaction, which may run twice."""

    id: UUID
    principal: Principal
    finding_id: UUID
    at: datetime


def give(session: Session, word: Word, said: FeedbackSaid) -> FeedbackList:
    """Keep the word, in the place of an earlier answer to the same question; all that is said of the finding now.

    Raises:
        NotFoundError, ForbiddenError: the finding is not theirs to speak of.
    """
    finding = _theirs(session, word)
    repository.say(session, word.id, finding, said.word, user_id=word.principal.user_id, reason=said.reason, at=word.at)
    return _all_of(session, finding)


def take_back(session: Session, word: Word, question: str | None) -> FeedbackList:
    """Remove what this person has said, wholly or to one question; all that is said of the finding now.

    Raises:
        NotFoundError, ForbiddenError: the finding is not theirs to speak of.
    """
    finding = _theirs(session, word)
    repository.take_back(session, finding, user_id=word.principal.user_id, question=question)
    return _all_of(session, finding)


def _theirs(session: Session, word: Word) -> StoredFinding:
    finding = repository.find(session, word.finding_id, word.principal.roles)
    word.principal.workspace(finding.workspace_id, least=Role.DEVELOPER)
    return finding


def _all_of(session: Session, finding: StoredFinding) -> FeedbackList:
    views = [FeedbackView.model_validate(feedback) for feedback in repository.feedback_of(session, finding)]
    return FeedbackList(finding_id=finding.id, feedback=views)
