"""The API's document: valid, whole, and true for every router, also those to come."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31
from web_apps import asking, fresh_app

METHODS = {"get", "put", "post", "delete", "patch"}
Document = dict[str, Any]


@pytest.fixture
async def document(tmp_path: Path) -> Document:
    async with fresh_app(tmp_path) as app, asking(app) as client:
        found: Document = (await client.get("/api/openapi.json")).json()
    return found


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method in methods.keys() & METHODS:
            yield method, path, methods[method]


def failing(document: Document, wrong: Any) -> list[str]:
    """The operations for which `wrong` holds."""
    return [f"{method} {path}" for method, path, operation in operations(document) if wrong(operation)]


async def test_it_is_openapi(document: Document) -> None:
    assert document["openapi"].startswith("3.1")
    errors = [error.message for error in Draft202012Validator(OPENAPI_31).iter_errors(document)]
    assert errors == []


async def test_every_reference_leads_somewhere(document: Document) -> None:
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert named <= document["components"]["schemas"].keys()


async def test_every_schema_is_one(document: Document) -> None:
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


async def test_every_operation_has_a_name_of_its_own(document: Document) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))


async def test_every_operation_says_what_it_is_for(document: Document) -> None:
    assert failing(document, lambda operation: not operation.get("summary") or not operation.get("tags")) == []


async def test_every_operation_declares_what_any_request_may_end_in(document: Document) -> None:
    assert failing(document, lambda operation: not {"400", "500", "503"} <= operation["responses"].keys()) == []


async def test_whoever_takes_a_body_declares_how_it_may_be_refused(document: Document) -> None:
    def silent(operation: Document) -> bool:
        return "requestBody" in operation and not {"413", "415"} <= operation["responses"].keys()

    assert failing(document, silent) == []


async def test_whoever_wants_a_principal_declares_that_nobody_is_refused(document: Document) -> None:
    def silent(operation: Document) -> bool:
        return bool(operation.get("security")) and "401" not in operation["responses"]

    assert failing(document, silent) == []


async def test_the_way_to_authenticate_is_declared(document: Document) -> None:
    schemes = document["components"]["securitySchemes"]
    assert {scheme["scheme"] for scheme in schemes.values()} == {"bearer"}
    used = {name for _, _, operation in operations(document) for need in operation.get("security", []) for name in need}
    assert used == schemes.keys()


async def test_only_what_is_for_everybody_is_open(document: Document) -> None:
    opened = failing(document, lambda operation: not operation.get("security"))
    assert [
        name for name in opened if " /api/" in name and "/api/auth/" not in name and "/api/problems" not in name
    ] == ["get /api/version"]


async def test_nothing_is_answered_with_422(document: Document) -> None:
    assert failing(document, lambda operation: "422" in operation["responses"]) == []
    assert "HTTPValidationError" not in document["components"]["schemas"]


async def test_every_refusal_is_a_problem(document: Document) -> None:
    def other(operation: Document) -> bool:
        refusals = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        return any("application/problem+json" not in answer.get("content", {}) for answer in refusals.values())

    # What readiness says when it fails is the same list as when it does not.
    assert failing(document, other) == ["get /readyz"]


async def test_everything_but_operation_is_below_api(document: Document) -> None:
    outside = {path for path in document["paths"] if not path.startswith("/api/")}
    assert outside == {"/healthz", "/readyz", "/metrics"}


async def test_the_examples_of_problems_are_problems(document: Document) -> None:
    schema = {"$ref": "#/components/schemas/ProblemDetails", "components": document["components"]}
    validator = Draft202012Validator(schema)
    for _, _, operation in operations(document):
        for answer in operation["responses"].values():
            problem = answer.get("content", {}).get("application/problem+json", {})
            if "example" in problem:
                validator.validate(problem["example"])


async def test_every_kind_of_problem_has_its_page(tmp_path: Path) -> None:
    async with fresh_app(tmp_path) as app, asking(app) as client:
        kinds = (await client.get("/api/problems")).json()["problems"]
        pages = [await client.get(kind["type"]) for kind in kinds]
    assert {"not-found", "invalid-request", "database-unavailable", "internal-error"} <= {
        kind["code"] for kind in kinds
    }
    assert [page.json() for page in pages] == kinds
