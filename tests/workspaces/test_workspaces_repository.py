"""Who belongs where. On both stores."""

from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.accounts import User
from foureyes.models.workspaces import Membership, Role, Workspace
from foureyes.workspaces import repository


def add_user(session: Session, name: str) -> UUID:
    user_id = new_id()
    session.add(
        User(
            id=user_id,
            email=f"{name}@example.org",
            name=name,
            password_hash=None,
            operator=False,
            created_at=clock.now(),
            disabled_at=None,
            last_login_at=None,
        )
    )
    session.flush()
    return user_id


def add_team(session: Session, name: str, members: dict[UUID, Role]) -> UUID:
    team_id, at = new_id(), clock.now()
    session.add(Workspace(id=team_id, name=name, personal=False, created_at=at, monthly_budget=None))
    session.flush()
    for user_id, role in members.items():
        session.add(Membership(workspace_id=team_id, user_id=user_id, role=role, joined_at=at))
    session.flush()
    return team_id


def add_home(session: Session, user_id: UUID) -> UUID:
    home = new_id()
    repository.add_personal(session, home, owner_id=user_id, name="Home", at=clock.now())
    return home


async def test_a_personal_workspace_belongs_to_its_owner(database: Database) -> None:
    ada = await database.write(add_user, "ada")
    home = await database.write(add_home, ada)
    (one,) = await database.read(repository.belongings_of, ada)
    assert (one.workspace_id, one.name, one.personal, one.role) == (home, "Home", True, Role.OWNER)
    assert one.created_at.tzinfo is not None


async def test_the_personal_one_comes_first_then_the_oldest(database: Database) -> None:
    ada = await database.write(add_user, "ada")
    older = await database.write(add_team, "Older", {ada: Role.ADMIN})
    home = await database.write(add_home, ada)
    newer = await database.write(add_team, "Newer", {ada: Role.VIEWER})
    found = await database.read(repository.belongings_of, ada)
    assert [one.workspace_id for one in found] == [home, older, newer]
    assert [one.role for one in found] == [Role.OWNER, Role.ADMIN, Role.VIEWER]


async def test_members_have_their_own_roles(database: Database) -> None:
    ada, bob = await database.write(add_user, "ada"), await database.write(add_user, "bob")
    team = await database.write(add_team, "Team", {ada: Role.OWNER, bob: Role.VIEWER})
    assert await database.read(repository.role_in, team, ada) is Role.OWNER
    assert await database.read(repository.role_in, team, bob) is Role.VIEWER


async def test_who_is_no_member_has_no_role(database: Database) -> None:
    ada, bob = await database.write(add_user, "ada"), await database.write(add_user, "bob")
    team = await database.write(add_team, "Team", {ada: Role.OWNER})
    assert await database.read(repository.role_in, team, bob) is None
    assert await database.read(repository.role_in, uuid4(), ada) is None
    assert await database.read(repository.belongings_of, bob) == []
