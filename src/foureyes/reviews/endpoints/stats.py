"""The numbers of a workspace over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from foureyes.kit import clock
from foureyes.rest.etags import kept
from foureyes.rest.principal import PrincipalDep, Scope
from foureyes.rest.problems import problems
from foureyes.rest.services import ServicesDep
from foureyes.reviews.endpoints.reviews import NOT_MODIFIED, WorkspaceParam
from foureyes.reviews.statistics import WorkspaceStats, read_stats

router = APIRouter(prefix="/api/stats", tags=["statistics"])


@router.get(
    "",
    operation_id="getStats",
    summary="What was reviewed in the last days",
    response_model=WorkspaceStats,
    responses={**NOT_MODIFIED, **problems(400, 401, 403, 404)},
)
async def get_stats(
    *,
    request: Request,
    principal: PrincipalDep,
    services: ServicesDep,
    workspace: WorkspaceParam = None,
    days: Annotated[int, Query(ge=1, le=366, description="So many days (UTC), today among them.")] = 30,
) -> Response:
    """Reviews by status and kind, how long they took, findings by severity, tokens, cost, answers from the cache."""
    principal.require(Scope.REVIEWS_READ)
    chosen = principal.workspace(workspace)
    return kept(request, await services.database.read(read_stats, chosen, days=days, at=clock.now()))
