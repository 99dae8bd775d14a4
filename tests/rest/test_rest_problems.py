"""Problem details: what a client may read of an error, and where the fields that are wrong are pointed at."""

import json
from datetime import timedelta
from typing import Annotated, Any, Literal

import pytest
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, field_validator
from starlette.exceptions import HTTPException

from foureyes.errors import (
    BrokerError,
    DatabaseError,
    DatabaseUnavailableError,
    FieldProblem,
    FoureyesError,
    InvalidRequestError,
    LostFenceError,
    MigrationNeededError,
    ModelServerError,
    NotFoundError,
    StorageFullError,
    TooManyRequestsError,
    UnauthenticatedError,
)
from foureyes.rest.problems import (
    MEDIA_TYPE,
    ProblemDetails,
    code_of,
    instance_of,
    invalid,
    problem_of,
    problem_of_status,
    problems,
    shown,
)

SCOPE: dict[str, Any] = {"type": "http", "path": "/api/x", "raw_path": b"/api/x", "query_string": b"secret=1"}


class Patch(BaseModel):
    kind: Literal["patch"]
    text: str


class File(BaseModel):
    path: str = Field(max_length=5)

    @field_validator("path")
    @classmethod
    def relative(cls, value: str) -> str:
        if value.startswith("/"):
            raise ValueError("write it from the root of the repository.")
        return value


class Files(BaseModel):
    kind: Literal["files"]
    files: list[File]


SUBMITTED: TypeAdapter[Any] = TypeAdapter(Annotated[Patch | Files, Field(discriminator="kind")])


def body_of(error: FoureyesError) -> Any:
    return json.loads(bytes(problem_of(error, SCOPE).body))


def found_wrong(value: object, *, where: str = "body") -> InvalidRequestError:
    """What FastAPI would make of a value, as our own error."""
    with pytest.raises(ValidationError) as caught:
        SUBMITTED.validate_python(value)
    rows = [{**row, "loc": (where, *row["loc"])} for row in caught.value.errors()]
    return invalid(RequestValidationError(rows, body=value))


def test_a_problem_has_every_member() -> None:
    assert body_of(NotFoundError("review")) == {
        "type": "/api/problems/not-found",
        "title": "Not found",
        "status": 404,
        "detail": "There is no such review here.",
        "instance": "/api/x",
        "code": "not-found",
        "request_id": None,
        "problems": [],
    }


def test_a_problem_is_kept_by_nobody_on_the_way() -> None:
    answer = problem_of(NotFoundError("review"), SCOPE)
    assert (answer.media_type, answer.headers["Cache-Control"]) == (MEDIA_TYPE, "no-store")


def test_when_to_come_back_is_in_whole_seconds_and_never_zero() -> None:
    waits = [timedelta(milliseconds=10), timedelta(seconds=90)]
    errors = [TooManyRequestsError("Slower.", retry_after=wait) for wait in waits]
    assert [problem_of(error, SCOPE).headers["Retry-After"] for error in errors] == ["1", "90"]


def test_what_was_not_foreseen_gives_no_time() -> None:
    assert "Retry-After" not in problem_of(NotFoundError("review"), SCOPE).headers


def test_401_says_how_to_authenticate() -> None:
    assert problem_of(UnauthenticatedError(), SCOPE).headers["WWW-Authenticate"] == 'Bearer realm="foureyes"'


@pytest.mark.parametrize(
    "error",
    [
        DatabaseUnavailableError("10.1.2.3:5432 refused"),
        DatabaseError("10.1.2.3: SELECT password FROM users"),
        StorageFullError("10.1.2.3: /var/lib"),
        MigrationNeededError("10.1.2.3", "0002"),
        BrokerError("10.1.2.3:6379"),
        ModelServerError("anthropic:x", "10.1.2.3"),
        LostFenceError("10.1.2.3", 3),
    ],
    ids=lambda error: error.error_code,
)
def test_our_own_failures_tell_nothing_of_the_inside(error: FoureyesError) -> None:
    assert "10.1.2.3" not in shown(error)
    assert shown(error).endswith(".")


def test_a_clients_mistakes_are_told_in_full() -> None:
    assert shown(InvalidRequestError("The kind is unknown.")) == "The kind is unknown."


def test_fields_are_named_in_the_answer() -> None:
    error = InvalidRequestError("Two are wrong.", problems=[FieldProblem("/a", "too long"), FieldProblem("b", "none")])
    assert body_of(error)["problems"] == [{"pointer": "/a", "reason": "too long"}, {"pointer": "b", "reason": "none"}]


def test_a_missing_field_is_pointed_at() -> None:
    assert found_wrong({"kind": "patch"}).problems == (FieldProblem("/text", "Field required"),)


def test_a_field_deep_in_a_list_is_pointed_at() -> None:
    (problem,) = found_wrong({"kind": "files", "files": [{"path": "a"}, {"path": "b" * 9}]}).problems
    assert problem.pointer == "/files/1/path"


def test_our_own_words_lose_pydantics() -> None:
    (problem,) = found_wrong({"kind": "files", "files": [{"path": "/a"}]}).problems
    assert problem.reason == "write it from the root of the repository"


def test_a_member_of_a_union_is_not_part_of_the_pointer() -> None:
    (problem,) = found_wrong({"kind": "files", "files": 3}).problems
    assert problem.pointer == "/files"


def test_a_body_that_is_no_object_is_pointed_at_as_a_whole() -> None:
    (problem,) = found_wrong([]).problems
    assert problem.pointer == ""


def test_a_parameter_goes_by_its_name() -> None:
    rows = [{"type": "int_parsing", "loc": ("query", "limit"), "msg": "Input should be a valid integer", "input": "x"}]
    assert invalid(RequestValidationError(rows)).problems[0].pointer == "limit"


def test_slashes_and_tildes_in_names_are_escaped() -> None:
    rows = [{"type": "x", "loc": ("body", "a/b", "c~d"), "msg": "wrong", "input": 1}]
    error = invalid(RequestValidationError(rows, body={"a/b": {"c~d": 1}}))
    assert error.problems[0].pointer == "/a~1b/c~0d"


def test_not_every_one_of_thousands_is_listed() -> None:
    error = found_wrong({"kind": "files", "files": [{"path": 1}] * 1000})
    assert len(error.problems) == 50
    assert "and 997 more" in str(error)


def test_no_value_is_repeated() -> None:
    error = found_wrong({"kind": "files", "files": [{"path": "hunter2-hunter2"}]})
    assert "hunter2" not in json.dumps(body_of(error))


@pytest.mark.parametrize(
    ("status", "code"), [(404, "not-found"), (405, "method-not-allowed"), (415, "unsupported-media-type")]
)
def test_what_the_router_refuses_has_a_code(status: int, code: str) -> None:
    answer = problem_of_status(HTTPException(status), SCOPE)
    assert json.loads(bytes(answer.body))["code"] == code == code_of(status)


def test_the_router_may_say_why() -> None:
    body = json.loads(bytes(problem_of_status(HTTPException(415, "Send JSON"), SCOPE).body))
    assert body["detail"] == "Send JSON."


def test_the_query_is_not_part_of_the_instance() -> None:
    assert "secret" not in instance_of({**SCOPE, "raw_path": b"/api/x?secret=1"})


@given(st.binary(), st.text())
def test_any_path_can_be_shown(raw: bytes, path: str) -> None:
    for scope in ({"raw_path": raw, "path": path}, {"path": path + "\ud800"}):
        assert instance_of(scope).isascii()
        assert len(instance_of(scope)) <= 1500


def test_what_is_declared_is_an_example_of_what_is_answered() -> None:
    declared = problems(404, 503)
    for status in (404, 503):
        example = declared[status]["content"][MEDIA_TYPE]["example"]
        assert ProblemDetails.model_validate(example).status == status


@pytest.mark.parametrize("files", [[], 3, None, {}])
def test_a_tag_that_is_called_like_a_field_is_not_taken_for_it(files: object) -> None:
    rows = [{"type": "too_short", "loc": ("body", "source", "files", "files"), "msg": "Too short", "input": files}]
    error = invalid(RequestValidationError(rows, body={"source": {"type": "files", "files": files}}))
    assert error.problems[0].pointer == "/source/files"


def test_what_is_missing_in_a_member_is_pointed_at() -> None:
    rows = [{"type": "missing", "loc": ("body", "source", "files", "files"), "msg": "Field required", "input": {}}]
    error = invalid(RequestValidationError(rows, body={"source": {"type": "files"}}))
    assert error.problems[0].pointer == "/source/files"


def test_a_field_deep_in_a_member_is_pointed_at() -> None:
    rows = [{"type": "x", "loc": ("body", "source", "files", "files", 0, "path"), "msg": "wrong", "input": ""}]
    body = {"source": {"type": "files", "files": [{"path": ""}]}}
    assert invalid(RequestValidationError(rows, body=body)).problems[0].pointer == "/source/files/0/path"
