"""Where errors of endpoints become answers."""

from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from structlog.stdlib import get_logger

from foureyes.errors import FoureyesError
from foureyes.kit import metrics
from foureyes.rest.problems import invalid, problem_of, problem_of_status

_SERVER_ERROR: Final = 500


def answer_failures(app: FastAPI) -> None:
    """Have every error that an endpoint or the router raises answered as a problem."""
    app.add_exception_handler(FoureyesError, _ours)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _of_the_router)


async def _ours(request: Request, error: Exception) -> Response:
    if not isinstance(error, FoureyesError):
        raise error
    if error.status >= _SERVER_ERROR:
        metrics.failure(error.error_code)
        # A 500 is a defect and needs its traceback; a 503 says all in its sentence, and comes by the thousand.
        get_logger().error(
            "request_refused", code=error.error_code, reason=str(error), exc_info=error.status == _SERVER_ERROR
        )
    return problem_of(error, request.scope)


async def _not_valid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return problem_of(invalid(error), request.scope)


async def _of_the_router(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    answer = problem_of_status(error, request.scope)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = ", ".join(_methods_of(request))
    return answer


def _methods_of(request: Request) -> list[str]:
    """Every method of this path: the router knows those of the first route alone, and others may stand beside it."""
    path = request.scope["path"]
    found: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        pattern = getattr(route, "path_regex", None)
        if pattern is not None and pattern.match(path):
            found |= route.methods or set()
    return sorted(found)
