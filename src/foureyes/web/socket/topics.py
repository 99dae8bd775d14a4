"""Who may watch what."""

from uuid import UUID

from foureyes.errors import NotFoundError
from foureyes.rest.principal import Principal, Scope
from foureyes.rest.services import Services
from foureyes.web.socket.messages import topic_parts
from foureyes.web.socket.repository import workspace_of


async def workspace_behind(topic: str, principal: Principal, services: Services) -> UUID:
    """The workspace that a topic belongs to.

    Raises:
        NotFoundError: there is no such thing, or it belongs to others: the answer is the same.
        ForbiddenError: the key was not made for reading reviews.
        ServerError: the database can't be asked.
    """
    principal.require(Scope.REVIEWS_READ)
    noun, wanted = topic_parts(topic)
    if noun == "workspace":
        return principal.workspace(wanted)
    found = await services.database.read(workspace_of, wanted, list(principal.roles))
    if found is None:
        raise NotFoundError("review")
    return found


def may_still(principal: Principal, workspaces: set[UUID]) -> bool:
    """Whether somebody who watches these workspaces may go on."""
    return Scope.REVIEWS_READ in principal.scopes and workspaces <= principal.roles.keys()
