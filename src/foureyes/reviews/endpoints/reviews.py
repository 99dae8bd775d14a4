"""Reviews over HTTP: asked for, listed, read, cancelled, retried."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Query, Request, Response, status
from pydantic import BeforeValidator

from foureyes.code.languages import Language
from foureyes.errors import FieldProblem, InvalidRequestError
from foureyes.kit import clock
from foureyes.kit.ids import new_id
from foureyes.models.reviews import ReviewKind, ReviewStatus
from foureyes.models.workspaces import Role
from foureyes.rest.etags import kept
from foureyes.rest.idempotency import IdempotencyKeyParam
from foureyes.rest.paging import CursorParam, LimitParam, cursor_of, id_after, next_link
from foureyes.rest.principal import PrincipalDep, Scope
from foureyes.rest.problems import problems
from foureyes.rest.services import ServicesDep
from foureyes.reviews import changing, reading
from foureyes.reviews.repository.history import Filters, page
from foureyes.reviews.schemas import REVIEW_EXAMPLES, ReviewWanted
from foureyes.reviews.submitting import Asker, submit
from foureyes.reviews.views import FindingList, ReviewAccepted, ReviewPage, ReviewView, accepted, summary

router = APIRouter(prefix="/api/reviews", tags=["reviews"])

# Long enough that a page which is drawn again asks for nothing, short enough that a retry is soon seen.
_FRESH = timedelta(seconds=10)
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The client has it already (If-None-Match)."}}

WorkspaceParam = Annotated[UUID | None, Query(description="The workspace; default: the key's, or your personal one.")]
_Text = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]
# Moments before and after these mean the same, and neither ids nor databases have all the years that Python has.
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
_DATE_AND_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d.*")


def _no_number(given: object) -> object:
    """Numbers would be taken for seconds since 1970, or for milliseconds where they are large."""
    if isinstance(given, str) and not _DATE_AND_TIME.fullmatch(given):
        raise ValueError("is no date with a time: write it like 2026-11-22T10:00:00Z")
    return given


_Moment = Annotated[datetime, BeforeValidator(_no_number)]


@router.post(
    "",
    operation_id="createReview",
    summary="Have something reviewed",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=ReviewAccepted,
    response_description="It is kept, and will be done. `Location` is where to follow it.",
    responses=problems(400, 401, 403, 404, 409, 413),
)
async def create_review(
    *,
    wanted: Annotated[ReviewWanted, Body(openapi_examples=REVIEW_EXAMPLES)],
    principal: PrincipalDep,
    services: ServicesDep,
    response: Response,
    key: IdempotencyKeyParam = None,
    workspace: WorkspaceParam = None,
) -> ReviewAccepted:
    """Send one file, several files, a patch, an archive, or the range of a repository: 1 MB a file, 10 MB in all.

    An answer means that the review is on disk. An equal request that was completed within a day is answered at once,
    unless `fresh` is set. With an `Idempotency-Key`, sending the same again makes no second review.
    """
    principal.require(Scope.REVIEWS_WRITE)
    asker = Asker(principal.workspace(workspace, least=Role.DEVELOPER), principal.user_id)
    review = await submit(services, asker, wanted, key=key)
    answer = accepted(review)
    response.headers["Location"] = answer.links.itself
    return answer


@router.get(
    "",
    operation_id="listReviews",
    summary="List reviews, newest first",
    response_model=ReviewPage,
    responses=problems(400, 401, 403, 404),
)
async def list_reviews(
    *,
    request: Request,
    principal: PrincipalDep,
    services: ServicesDep,
    workspace: WorkspaceParam = None,
    status_: Annotated[
        list[ReviewStatus] | None, Query(alias="status", max_length=len(ReviewStatus), description="Any of these.")
    ] = None,
    kind: ReviewKind | None = None,
    language: Language | None = None,
    repository: Annotated[_Text | None, Query(description="Its address, as it was sent.")] = None,
    text: Annotated[_Text, Query(description="Words of title, repository or headline, or how they begin.")] = "",
    created_from: Annotated[_Moment | None, Query(description="RFC 3339, with a time zone.")] = None,
    created_to: Annotated[_Moment | None, Query(description="As `created_from`; this moment is left out.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = 20,
) -> ReviewPage:
    """Pages are read by key: `next` is the path of the next one, with the same filters."""
    principal.require(Scope.REVIEWS_READ)
    filters = Filters(
        statuses=tuple(status_ or ()),
        kind=kind,
        language=language or "",
        repository=repository or "",
        text=text,
        created_from=_moment(created_from, "created_from"),
        created_to=_moment(created_to, "created_to"),
    )
    found = await services.database.read(
        page, principal.workspace(workspace), filters, before=id_after(cursor), size=limit
    )
    after = cursor_of(found.next) if found.next else None
    return ReviewPage(
        reviews=[summary(row) for row in found.rows], next_cursor=after, next=next_link(request.url, after)
    )


@router.get(
    "/{review_id}",
    operation_id="getReview",
    summary="Everything about a review but the code",
    response_model=ReviewView,
    responses={**NOT_MODIFIED, **problems(400, 401, 403, 404)},
)
async def get_review(review_id: UUID, request: Request, principal: PrincipalDep, services: ServicesDep) -> Response:
    """Where it is, each status with its time; findings, ledger, tokens and cost once it is completed.

    Send the `ETag` back as `If-None-Match` when you ask again: 304 says that nothing has changed.
    """
    principal.require(Scope.REVIEWS_READ)
    found = await services.database.read(reading.read_view, principal, review_id)
    return kept(request, found, fresh=_FRESH if found.status.ended else timedelta(0))


@router.get(
    "/{review_id}/findings",
    operation_id="getFindings",
    summary="The findings of a review",
    response_model=FindingList,
    responses={**NOT_MODIFIED, **problems(400, 401, 403, 404)},
)
async def get_findings(review_id: UUID, request: Request, principal: PrincipalDep, services: ServicesDep) -> Response:
    """The worst first, each with what members of the workspace have said of it; empty before it is completed."""
    principal.require(Scope.REVIEWS_READ)
    return kept(request, await services.database.read(reading.read_findings, principal, review_id))


@router.post(
    "/{review_id}/cancel",
    operation_id="cancelReview",
    summary="Cancel a review",
    response_model=ReviewAccepted,
    responses=problems(400, 401, 403, 404, 409),
)
async def cancel_review(review_id: UUID, principal: PrincipalDep, services: ServicesDep) -> ReviewAccepted:
    """One that waits is cancelled at once. One that is processed is asked to stop, and is cancelled a moment later."""
    principal.require(Scope.REVIEWS_WRITE)
    wish = changing.Wish(principal, review_id, new_id(), clock.now())
    return accepted(await services.database.write(changing.cancel, wish, bus=services.bus))


@router.post(
    "/{review_id}/retry",
    operation_id="retryReview",
    summary="Run a review again that failed or was cancelled",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=ReviewAccepted,
    responses=problems(400, 401, 403, 404, 409),
)
async def retry_review(review_id: UUID, principal: PrincipalDep, services: ServicesDep) -> ReviewAccepted:
    """It keeps its id. What models have answered before is not asked again."""
    principal.require(Scope.REVIEWS_WRITE)
    wish = changing.Wish(principal, review_id, new_id(), clock.now())
    return accepted(await services.database.write(changing.retry, wish, bus=services.bus, queue=services.queue))


def _moment(given: datetime | None, name: str) -> datetime | None:
    """The moment that a parameter names.

    Raises:
        InvalidRequestError: it has no time zone, so that nobody knows which moment is meant.
    """
    if given is None:
        return None
    if given.tzinfo is not None:
        return min(max(given, _EARLIEST), _LATEST)
    reason = "has no time zone: write it like 2026-11-22T10:00:00Z"
    raise InvalidRequestError(f"{name} {reason}.", problems=[FieldProblem(name, reason)])
