"""What each kind of problem means: the pages that the `type` of a problem points to."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from foureyes.errors import FoureyesError, NotFoundError, RequestError, ServerError
from foureyes.rest.problems import TYPES, code_of, problems, title_of

router = APIRouter(prefix=TYPES, tags=["problems"])
# What the router and the reading of bodies answer without an error of ours.
_PLAIN = (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


class ProblemKind(BaseModel):
    """One kind of problem."""

    type: str
    code: str
    title: str
    status: int
    meaning: str = Field(description="When it is answered; may be empty where the title says all.")


class ProblemKinds(BaseModel):
    problems: list[ProblemKind]


@router.get("", summary="Every kind of problem")
async def list_problems() -> ProblemKinds:
    return ProblemKinds(problems=sorted(_kinds(), key=lambda kind: (kind.status, kind.code)))


@router.get("/{code}", summary="One kind of problem", responses=problems(404))
async def read_problem(code: Annotated[str, Path(max_length=60)]) -> ProblemKind:
    found = next((kind for kind in _kinds() if kind.code == code), None)
    if found is None:
        raise NotFoundError("kind of problem")
    return found


def _kinds() -> Iterator[ProblemKind]:
    for error in _leaves(FoureyesError):
        if issubclass(error, RequestError | ServerError):
            code = error.__new__(error).error_code
            yield _kind(code, error.status, (error.__doc__ or "").partition("\n")[0])
    for status in _PLAIN:
        yield _kind(code_of(status), status, f"{status.description}.")
    yield _kind("internal-error", 500, "Something failed that nobody foresaw; the log has it under the request's id.")


def _kind(code: str, status: int, meaning: str) -> ProblemKind:
    return ProblemKind(type=f"{TYPES}/{code}", code=code, title=title_of(code), status=status, meaning=meaning)


def _leaves(error: type[FoureyesError]) -> Iterator[type[FoureyesError]]:
    below = error.__subclasses__()
    for one in below:
        yield from _leaves(one)
    if error.__init__ is not Exception.__init__ and error not in (RequestError, ServerError):
        yield error
