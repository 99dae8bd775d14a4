"""Where errors of endpoints become answers."""

from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
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
    return problem_of_status(error, request.scope)
