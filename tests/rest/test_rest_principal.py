"""What a principal may do, and what does not exist for it."""

from uuid import uuid4

import pytest

from foureyes.errors import ForbiddenError, NotFoundError
from foureyes.models.workspaces import Role
from foureyes.rest.principal import Principal, Scope

HOME, TEAM = uuid4(), uuid4()
ADA = Principal(user_id=uuid4(), roles={HOME: Role.OWNER, TEAM: Role.DEVELOPER}, home=HOME)


def test_home_is_meant_where_no_workspace_is_named() -> None:
    assert ADA.workspace() == HOME


def test_a_workspace_of_theirs_can_be_named() -> None:
    assert ADA.workspace(TEAM) == TEAM


def test_a_workspace_of_others_does_not_exist() -> None:
    with pytest.raises(NotFoundError, match="no such workspace"):
        ADA.workspace(uuid4())


def test_a_home_that_was_left_does_not_exist() -> None:
    with pytest.raises(NotFoundError):
        Principal(user_id=uuid4(), roles={}, home=HOME).workspace()


@pytest.mark.parametrize("least", [Role.VIEWER, Role.DEVELOPER])
def test_a_role_may_do_what_lesser_roles_may(least: Role) -> None:
    assert ADA.workspace(TEAM, least=least) == TEAM


@pytest.mark.parametrize("least", [Role.ADMIN, Role.OWNER])
def test_a_role_may_not_do_what_greater_roles_may(least: Role) -> None:
    with pytest.raises(ForbiddenError, match=f"role {least}; yours in this workspace is developer"):
        ADA.workspace(TEAM, least=least)


def test_people_have_every_scope() -> None:
    for scope in Scope:
        ADA.require(scope)


def test_a_key_has_the_scopes_that_it_was_made_with() -> None:
    key = Principal(user_id=uuid4(), roles={}, home=HOME, scopes=frozenset({Scope.REVIEWS_READ}))
    key.require(Scope.REVIEWS_READ)
    with pytest.raises(ForbiddenError, match="lacks the scope reviews:write"):
        key.require(Scope.REVIEWS_WRITE)


@pytest.mark.parametrize(
    ("operator", "scopes"), [(False, frozenset(Scope)), (True, frozenset({Scope.REVIEWS_READ})), (False, frozenset())]
)
def test_pages_of_operators_do_not_exist_for_others(operator: bool, scopes: frozenset[Scope]) -> None:
    with pytest.raises(NotFoundError):
        Principal(user_id=uuid4(), roles={}, home=HOME, operator=operator, scopes=scopes).require_operator()


def test_operators_see_their_pages() -> None:
    Principal(user_id=uuid4(), roles={}, home=HOME, operator=True).require_operator()
