"""SQL of workspaces and memberships."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from foureyes.models.workspaces import Membership, Role, Workspace


@dataclass(frozen=True, slots=True)
class Belonging:
    """A workspace, and what somebody is in it."""

    workspace_id: UUID
    name: str
    personal: bool
    role: Role
    created_at: datetime


def add_personal(session: Session, workspace_id: UUID, *, owner_id: UUID, name: str, at: datetime) -> None:
    """The workspace that an account begins with; its user is the owner."""
    session.add(Workspace(id=workspace_id, name=name, personal=True, created_at=at))
    session.flush()
    session.add(Membership(workspace_id=workspace_id, user_id=owner_id, role=Role.OWNER, joined_at=at))
    session.flush()


def belongings_of(session: Session, user_id: UUID) -> Sequence[Belonging]:
    """Every workspace that the user is a member of, the oldest first, personal ones before others."""
    rows = session.execute(
        select(Workspace.id, Workspace.name, Workspace.personal, Membership.role, Workspace.created_at)
        .join(Membership, Membership.workspace_id == Workspace.id)
        .where(Membership.user_id == user_id)
        .order_by(Workspace.personal.desc(), Workspace.id)
    )
    return [Belonging(*row) for row in rows]


def role_in(session: Session, workspace_id: UUID, user_id: UUID) -> Role | None:
    """What the user is in the workspace; None for whoever is no member."""
    return session.scalar(
        select(Membership.role).where(Membership.workspace_id == workspace_id, Membership.user_id == user_id)
    )
