"""Feedback on findings."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from foureyes.findings import service
from foureyes.findings.schemas import FeedbackList, FeedbackSaid
from foureyes.kit import clock
from foureyes.kit.ids import new_id
from foureyes.rest.principal import PrincipalDep, Scope
from foureyes.rest.problems import problems
from foureyes.rest.services import ServicesDep

router = APIRouter(prefix="/api/findings", tags=["findings"])

_REFUSALS = problems(400, 401, 403, 404)


@router.post(
    "/{finding_id}/feedback",
    operation_id="giveFeedback",
    summary="Say what you think of a finding",
    responses=_REFUSALS,
)
async def give_feedback(
    finding_id: UUID, said: FeedbackSaid, principal: PrincipalDep, services: ServicesDep
) -> FeedbackList:
    """`accepted` or `ignored` says what you did; `helpful` or `unhelpful`, whether it was worth saying.

    Your last answer to each of the two questions counts.
    """
    principal.require(Scope.REVIEWS_WRITE)
    word = service.Word(new_id(), principal, finding_id, clock.now())
    return await services.database.write(service.give, word, said)


@router.delete(
    "/{finding_id}/feedback",
    operation_id="takeFeedbackBack",
    summary="Take back what you said of a finding",
    responses=_REFUSALS,
)
async def take_feedback_back(
    finding_id: UUID,
    principal: PrincipalDep,
    services: ServicesDep,
    question: Annotated[
        Literal["decision", "worth"] | None, Query(description="Only the answer to this; default: both.")
    ] = None,
) -> FeedbackList:
    """Taking back what was never said is no error."""
    principal.require(Scope.REVIEWS_WRITE)
    word = service.Word(new_id(), principal, finding_id, clock.now())
    return await services.database.write(service.take_back, word, question)
