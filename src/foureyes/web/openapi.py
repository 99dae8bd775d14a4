"""The document of the API: what every route answers is in it, also what no single route says."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from foureyes.rest.principal import principal_of
from foureyes.rest.problems import ProblemDetails, problems

_METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options")
_ANYWHERE: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE)
_WITH_BODY: Final = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
_SUMMARY: Final = """\
Foureyes reviews code: send a change, follow its review, read what was found.

Errors are problem details (RFC 9457) with a stable `code`. Lists are read page by page, by key. Times are UTC, ids are
uuid7, money is micro-dollars.
"""
# FastAPI declares 422 for what we answer with 400.
_NOT_OURS: Final = ("HTTPValidationError", "ValidationError")
_SCHEMES: Final = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token of a login, or an API key.",
    }
}


def describe(app: FastAPI) -> None:
    """Have `app.openapi()` give the whole document."""
    app.openapi = _document(app)  # type: ignore[method-assign]  # The way that FastAPI's own manual shows.


def _document(app: FastAPI) -> Callable[[], dict[str, Any]]:
    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _made(app)
        return app.openapi_schema

    return document


def _made(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=_SUMMARY, routes=app.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _NOT_OURS:
        schemas.pop(name, None)
    shape = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(shape.pop("$defs", {}))
    schemas[ProblemDetails.__name__] = shape
    document["components"]["securitySchemes"] = _SCHEMES
    known = _for_somebody(app)
    for path, method, operation in _operations(document):
        _complete(operation, known=(path, method) in known)
    return document


def _for_somebody(app: FastAPI) -> set[tuple[str, str]]:
    """Paths and methods of the routes that ask who is there."""
    return {
        (context.path_format, method.lower())
        for context in iter_route_contexts(app.routes)
        if isinstance(route := context.original_route, APIRoute) and _asks_who(route.dependant)
        for method in route.methods or ()
        if context.path_format is not None
    }


def _asks_who(dependant: Dependant) -> bool:
    return dependant.call is principal_of or any(_asks_who(inner) for inner in dependant.dependencies)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield path, method, methods[method]


def _complete(operation: dict[str, Any], *, known: bool) -> None:
    answers = operation["responses"]
    answers.pop("422", None)
    if known:
        operation["security"] = [{name: []} for name in _SCHEMES]
    statuses = (
        *_ANYWHERE,
        *(_WITH_BODY if "requestBody" in operation else ()),
        *((HTTPStatus.UNAUTHORIZED,) if known else ()),
    )
    for status, answer in problems(*statuses).items():
        answers.setdefault(str(status), answer)
