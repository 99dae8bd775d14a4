"""Reports and sources of a review: what is downloaded."""

from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathParam

from foureyes.engine.reports.form import View
from foureyes.rest.etags import kept
from foureyes.rest.principal import PrincipalDep, Scope
from foureyes.rest.problems import problems
from foureyes.rest.services import ServicesDep
from foureyes.reviews import reading
from foureyes.reviews.endpoints.reviews import NOT_MODIFIED
from foureyes.reviews.reports import MEDIA_TYPES, ReportFormat

router = APIRouter(prefix="/api/reviews", tags=["reviews"])

_FRESH = timedelta(seconds=60)
_PLAIN = "text/plain; charset=utf-8"
# What people send is shown by no browser as a page of ours, whatever is in it.
_INERT = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The report.",
        "content": {
            media.partition(";")[0]: {"schema": {"type": ["object", "array"] if "json" in media else "string"}}
            for media in MEDIA_TYPES.values()
        },
    }
}
_SOURCE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The source.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}


@router.get(
    "/{review_id}/report",
    operation_id="getReport",
    summary="The report of a completed review, in any form",
    response_class=Response,
    responses={**_FORMS, **NOT_MODIFIED, **problems(400, 401, 403, 404, 409)},
)
async def get_report(
    *,
    review_id: UUID,
    request: Request,
    principal: PrincipalDep,
    services: ServicesDep,
    form: Annotated[
        ReportFormat,
        Query(
            alias="format",
            description="Of a review: json, markdown, terminal, sarif, github, rdjson, gitlab, checkstyle. "
            "Of a diagnosis: json, terminal. Of an architecture: json, markdown, terminal, mermaid, dot.",
        ),
    ] = ReportFormat.JSON,
    full: Annotated[bool, Query(description="Unfold what people need not read: held back, ledger, refusals.")] = False,
) -> Response:
    """The same reports that the command line writes, from what was stored when the review was completed."""
    principal.require(Scope.REVIEWS_READ)
    view = View(held_back=full, ledger=full, refusals=full)
    report = await reading.read_report(services, principal, review_id, form, view)
    return kept(request, report.content, media_type=report.media_type, fresh=_FRESH, headers=_INERT)


@router.get(
    "/{review_id}/sources/{name:path}",
    operation_id="getSource",
    summary="A file, patch or error text that was sent for a review",
    response_class=Response,
    responses={**_SOURCE, **NOT_MODIFIED, **problems(400, 401, 403, 404)},
)
async def get_source(
    review_id: UUID,
    name: Annotated[str, PathParam(max_length=1_000, description="Its path as it was sent, or its digest.")],
    request: Request,
    principal: PrincipalDep,
    services: ServicesDep,
) -> Response:
    """Always as plain text to be saved, byte for byte as it was sent."""
    principal.require(Scope.REVIEWS_READ)
    source = await reading.read_source(services, principal, review_id, name)
    file = quote(source.path.rpartition("/")[2], safe="")
    headers = {**_INERT, "Content-Disposition": f"attachment; filename*=UTF-8''{file}"}
    return kept(request, source.content, media_type=_PLAIN, fresh=_FRESH, headers=headers)
