"""The workspaces that somebody belongs to."""

from fastapi import APIRouter

from foureyes.rest.principal import PrincipalDep
from foureyes.rest.problems import problems
from foureyes.rest.services import ServicesDep
from foureyes.workspaces.repository import belongings_of
from foureyes.workspaces.schemas import WorkspacesView, WorkspaceView

router = APIRouter(prefix="/api/workspaces", tags=["workspaces"])


@router.get("", responses=problems(401, 503))
async def list_workspaces(services: ServicesDep, principal: PrincipalDep) -> WorkspacesView:
    """My workspaces, each with my role in it; for a key, the one that it was made for."""
    belongings = await services.database.read(belongings_of, principal.user_id)
    mine = [WorkspaceView.of(one) for one in belongings if one.workspace_id in principal.roles]
    return WorkspacesView(workspaces=mine)
