"""Problem details (RFC 9457): every error of the server as `application/problem+json`, with a stable code."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from fastapi import Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import Scope

from foureyes.errors import (
    BrokerError,
    DatabaseUnavailableError,
    FieldProblem,
    FoureyesError,
    InvalidRequestError,
    MigrationNeededError,
    StorageFullError,
)
from foureyes.kit.logging import correlation_id

MEDIA_TYPE: Final = "application/problem+json"
TYPES: Final = "/api/problems"
_MOST_PROBLEMS: Final = 50
_LONGEST_INSTANCE: Final = 500
# The field by which the bodies of our requests say which member of a union they are.
_TAG: Final = "type"
# What a client may know of our own failures: their sentences name hosts, statements and folders.
_SHOWN: Final[Mapping[type[FoureyesError], str]] = {
    DatabaseUnavailableError: "The database can't be reached at the moment. Nothing was changed: try again soon.",
    StorageFullError: "There is no room left on the server's disk. Nothing was changed: tell its operator.",
    MigrationNeededError: "The server's database is of another version: its operator runs `foureyes migrate`.",
    BrokerError: "The queue can't be reached at the moment. What was accepted is kept, and runs when it can.",
}
_ROUTER_SAYS: Final = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address: /api/openapi.json lists what there is.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take this method: the header Allow lists those it takes.",
}
_UNSHOWN: Final = "Something went wrong in the server. Its operator finds what under this request's id in the log."


class ProblemDetails(BaseModel):
    """What every answer from 400 on holds."""

    type: str = Field(description="The address of a page about this kind of problem.", examples=["/api/problems/x"])
    title: str = Field(description="The kind of problem in a few words.")
    status: int
    detail: str = Field(description="What is wrong here, and what to do.")
    instance: str = Field(description="The path that was asked for.")
    code: str = Field(description="A word for programs that never changes.")
    request_id: str | None = Field(default=None, description="Names this request in the server's log.")
    problems: list[FieldProblem] = Field(
        default_factory=list,
        description="What is wrong with single fields, by JSON pointer into the body or by a parameter's name.",
    )


def shown(error: FoureyesError) -> str:
    """The sentence that a client may read: its own mistakes in full, ours without hosts and paths."""
    if error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return str(error)
    return next((text for kind, text in _SHOWN.items() if isinstance(error, kind)), _UNSHOWN)


def problem_of(error: FoureyesError, scope: Scope) -> Response:
    """The answer to a request that ended in one of our errors."""
    headers: dict[str, str] = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(error.retry_after.total_seconds())))
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="foureyes"'
    problems = error.problems if isinstance(error, InvalidRequestError) else ()
    return _answer(error.status, error.error_code, shown(error), scope, headers=headers, problems=problems)


def problem_of_status(error: HTTPException, scope: Scope) -> Response:
    """The answer to what the router refused: no such path, not this method, not this kind of body."""
    status = HTTPStatus(error.status_code)
    # The router's own words only repeat the title.
    detail = _ROUTER_SAYS.get(status, status.phrase) if error.detail in ("", status.phrase) else str(error.detail)
    return _answer(status, code_of(status), _sentence(detail), scope, headers=dict(error.headers or {}))


_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")


def problem_of_defect(scope: Scope) -> Response:
    """The answer when something failed that nobody foresaw."""
    return _answer(500, "internal-error", _UNSHOWN, scope)


def invalid(error: RequestValidationError) -> InvalidRequestError:
    """What FastAPI found wrong as our own error: each field is named, and no value is repeated."""
    found = error.errors()
    problems = [FieldProblem(_pointer(row["loc"], error.body), _reason(row["msg"])) for row in found[:_MOST_PROBLEMS]]
    return InvalidRequestError.of_fields(problems, count=len(found))


def code_of(status: int) -> str:
    """The stable word for an answer that has no error of ours: 405 is `method-not-allowed`."""
    return HTTPStatus(status).phrase.lower().replace(" ", "-")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route declares as `responses=`: the answers from 400 on that it may give."""
    return {status: _declared(status) for status in statuses}


def _declared(status: int) -> dict[str, Any]:
    phrase = HTTPStatus(status).phrase
    example = _body(status, code_of(status), f"{HTTPStatus(status).description or phrase}.", instance="/api/reviews")
    schema = {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}
    return {"description": phrase, "content": {MEDIA_TYPE: {"schema": schema, "example": example.model_dump()}}}


def _answer(
    status: int,
    code: str,
    detail: str,
    scope: Scope,
    *,
    headers: Mapping[str, str] | None = None,
    problems: Sequence[FieldProblem] = (),
) -> Response:
    request_id = correlation_id()
    body = _body(status, code, detail, instance=instance_of(scope), request_id=request_id, problems=list(problems))
    # What hangs on a moment or a person must not be kept by anyone on the way.
    fixed = {"Cache-Control": "no-store", **(headers or {})}
    return Response(body.model_dump_json(), status_code=status, headers=fixed, media_type=MEDIA_TYPE)


def _body(status: int, code: str, detail: str, **more: Any) -> ProblemDetails:  # noqa: ANN401  # Fields of the model.
    return ProblemDetails(type=f"{TYPES}/{code}", title=title_of(code), status=status, detail=detail, code=code, **more)


def instance_of(scope: Scope) -> str:
    """The path that was asked for, without its query, in characters that any log and any page can show."""
    raw = scope.get("raw_path") or scope["path"].encode("utf-8", "replace")
    return quote(raw.partition(b"?")[0][:_LONGEST_INSTANCE], safe="/%:@!$&'()*+,;=-._~")


def title_of(code: str) -> str:
    """`not-found` for people."""
    return code.replace("-", " ").capitalize()


def _pointer(loc: Sequence[int | str], body: object) -> str:
    """A JSON pointer into the body, or the name of a parameter.

    Pydantic puts the names of a union's members between the keys: what the body has no place for is left out.
    """
    if not loc or loc[0] != "body":
        return str(loc[-1]) if loc else ""
    parts: list[str] = []
    here = body
    told: object = None
    for number, part in enumerate(loc[1:], start=2):
        # A tag stands once before the keys of its member, and may be called like one of them.
        if here is not told and isinstance(here, dict) and here.get(_TAG) == part:
            told = here
            continue
        inner = _within(here, part)
        # The last may be what is missing.
        if inner is None and (number < len(loc) or not isinstance(here, dict | list)):
            continue
        parts.append(str(part).replace("~", "~0").replace("/", "~1"))
        here = inner
    return "".join(f"/{part}" for part in parts)


def _within(value: object, part: int | str) -> object | None:
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        inner: object = value[part]
        return inner
    return None


def _reason(message: str) -> str:
    # pydantic shows the members of an enum as Python writes them: <Kind.REVIEW: 'review'>.
    return _MEMBER.sub(r"\1", message.removeprefix("Value error, ").rstrip("."))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
