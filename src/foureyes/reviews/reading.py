"""What is read of reviews: each one transaction, and what it costs to write is spent outside of it."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from foureyes.blobs.packing import PackedBlob
from foureyes.blobs.service import find_blobs, unpacked
from foureyes.engine.reports.form import View
from foureyes.errors import NotFoundError
from foureyes.findings import repository as findings
from foureyes.findings.schemas import FindingView, finding_views
from foureyes.models.reviews import Review
from foureyes.rest.principal import Principal
from foureyes.rest.services import Services
from foureyes.reviews.errors import ReportNotReadyError
from foureyes.reviews.reports import Report, ReportFormat, require_format, write_report
from foureyes.reviews.repository import rows
from foureyes.reviews.request import ReviewRequest
from foureyes.reviews.views import FindingList, ReviewView, named_sources, view


@dataclass(frozen=True, slots=True)
class SourceContent:
    """One content that was sent, and what it is called."""

    path: str
    content: bytes


def read_view(session: Session, principal: Principal, review_id: UUID) -> ReviewView:
    """Everything about a review. Raises NotFoundError, as all of these do: it is none of theirs."""
    review = rows.find(session, review_id, principal.roles)
    return view(review, rows.changes_of(session, review), _findings(session, review), rows.ledger_of(session, review))


def read_findings(session: Session, principal: Principal, review_id: UUID) -> FindingList:
    """The findings of a review, with what is said of them."""
    review = rows.find(session, review_id, principal.roles)
    return FindingList(review_id=review.id, findings=_findings(session, review))


async def read_report(
    services: Services, principal: Principal, review_id: UUID, form: ReportFormat, shown: View
) -> Report:
    """The report of a completed review in one form.

    Raises:
        NotFoundError: there is no such review, or its result has been removed.
        InvalidRequestError: reviews of this kind have no such report.
        ReportNotReadyError: it is not completed.
    """
    review, blob = await services.database.read(_result, principal, review_id, form)
    return await asyncio.to_thread(write_report, review.kind, await unpacked(blob), form, shown)


async def read_source(services: Services, principal: Principal, review_id: UUID, name: str) -> SourceContent:
    """One content that the review names, by its path or its digest.

    Raises:
        NotFoundError: the review names no such content, or it has been removed.
    """
    path, blob = await services.database.read(_source, principal, review_id, name)
    return SourceContent(path, await unpacked(blob))


def _findings(session: Session, review: Review) -> list[FindingView]:
    found = findings.of_review(session, review.workspace_id, review.id)
    said = findings.feedback_of_review(session, review.workspace_id, review.id) if found else ()
    return finding_views(found, said)


def _result(session: Session, principal: Principal, review_id: UUID, form: ReportFormat) -> tuple[Review, PackedBlob]:
    review = rows.find(session, review_id, principal.roles)
    require_format(review.kind, form)
    if review.result_digest is None:
        raise ReportNotReadyError(review.status)
    return review, _blob(session, review, review.result_digest, "report any more")


def _source(session: Session, principal: Principal, review_id: UUID, name: str) -> tuple[str, PackedBlob]:
    review = rows.find(session, review_id, principal.roles)
    named = named_sources(ReviewRequest.model_validate(review.request))
    # A path comes first: somebody's file may well be called like a digest.
    by_path = dict(named)
    path = name if name in by_path else {digest: path for path, digest in named}.get(name)
    if path is None:
        raise NotFoundError("source")
    return path, _blob(session, review, by_path[path], "source any more")


def _blob(session: Session, review: Review, digest: str, what: str) -> PackedBlob:
    blob = find_blobs(session, review.workspace_id, [digest]).get(digest)
    if blob is None:
        raise NotFoundError(what)
    return blob
