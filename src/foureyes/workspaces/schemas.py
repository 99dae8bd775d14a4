"""What goes over the wire about workspaces."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from foureyes.models.workspaces import Role
from foureyes.workspaces.repository import Belonging


class WorkspaceView(BaseModel):
    id: UUID
    name: str = Field(examples=["Ada"])
    personal: bool = Field(description="Whether it is the one that an account begins with.")
    role: Role = Field(description="What you are in it.")
    created_at: datetime

    @classmethod
    def of(cls, belonging: Belonging) -> Self:
        return cls(
            id=belonging.workspace_id,
            name=belonging.name,
            personal=belonging.personal,
            role=belonging.role,
            created_at=belonging.created_at,
        )


class WorkspacesView(BaseModel):
    workspaces: list[WorkspaceView]
